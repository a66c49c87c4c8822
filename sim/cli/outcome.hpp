// What `idlewatt run` says when all of its processes have ended.
#pragma once

#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "cli/select.hpp"
#include "cli/uncertainty.hpp"
#include "sweep/slo.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// The path of the i-th result.
std::string result_path(const Selection& selection, std::size_t i);

/// One line on standard error for each failure (equal ones once).
void print_failures(const Selection& selection, const std::vector<JobReport>& reports);

/// Whether a stop came before every job was through.
bool was_interrupted(const std::vector<JobReport>& reports);

/// "interrupted; kept: ... (complete), ... .part (2 h of 24 h)".
std::string interruption_text(const Selection& selection, const std::vector<JobReport>& reports);

/// The gravest status of all jobs.
ExitStatus overall_status(const std::vector<JobReport>& reports);

/// The path of the table of --uncertainty.
std::string uncertainty_path(const Selection& selection);

/// The answer on standard output, for people; what is uncertain about it below.
void print_summary(const Selection& selection, const std::vector<JobReport>& reports,
                   const Uncertainty* uncertainty = nullptr);

/// Whether a run is what one of the conditions of --fail-if says, or has no value for it. Says so in a line on standard
/// error for each.
bool any_fails(const Selection& selection, const std::vector<JobReport>& reports,
               const std::vector<SloCondition>& conditions);

/// The answer on standard output, for programs.
void print_json(const Selection& selection, const std::vector<JobReport>& reports,
                const Uncertainty* uncertainty = nullptr);

}  // namespace idlewatt
