// The output of `idlewatt run` when all of its processes have ended.
#pragma once

#include <string>
#include <vector>

#include "base/exit_status.hpp"
#include "cli/options/select.hpp"
#include "cli/run/uncertainty.hpp"
#include "sweep/slo.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

/// The path of the result file of scenario `i`.
std::string result_path(const Selection& selection, std::size_t i);

/// Prints one line on standard error for each failure; equal lines come once.
void print_failures(const Selection& selection, const std::vector<JobReport>& reports);

/// True when a stop was requested before every job had ended.
bool was_interrupted(const std::vector<JobReport>& reports);

/// The text for an interrupted run: "interrupted; kept: ... (complete), ... .part (2 h of 24 h)".
std::string interruption_text(const Selection& selection, const std::vector<JobReport>& reports);

/// The gravest exit status of all jobs.
ExitStatus overall_status(const std::vector<JobReport>& reports);

/// The path of the CSV file with the draws of --uncertainty.
std::string uncertainty_path(const Selection& selection);

/// Prints the answer on standard output, for people, followed by its uncertainty if there is one.
void print_summary(const Selection& selection, const std::vector<JobReport>& reports,
                   const Uncertainty* uncertainty = nullptr);

/// True when a run meets one of the conditions of --fail-if, or has no value for it. Prints a line on standard error
/// for each of these.
bool any_fails(const Selection& selection, const std::vector<JobReport>& reports,
               const std::vector<SloCondition>& conditions);

/// Prints the answer on standard output, for programs.
void print_json(const Selection& selection, const std::vector<JobReport>& reports,
                const Uncertainty* uncertainty = nullptr);

}  // namespace idlewatt
