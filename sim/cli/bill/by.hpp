// A bill shared by pool, by tenant or by model.
#pragma once

#include <string>

#include "cli/run/summary_table.hpp"
#include "results/attributed_run.hpp"

namespace idlewatt {

enum class BillBy : std::uint8_t { pool, tenant, model };

/// The way of sharing with that name. Throws InputError for any other word.
BillBy bill_by(const std::string& word);

std::string bill_by_text(const AttributedRun& run, BillBy by, const TextStyle& style);
std::string bill_by_json(const AttributedRun& run, BillBy by);
/// CSV with a line for each part: name, requests, then joules and dollars by purpose, with every digit.
std::string bill_by_csv(const AttributedRun& run, BillBy by);

}  // namespace idlewatt
