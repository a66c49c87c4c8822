// The bill of one run with the answers to all options, and its texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/run/summary_table.hpp"
#include "ledger/economics.hpp"
#include "results/metered_run.hpp"

namespace idlewatt {

/// The answer of `idlewatt bill`.
struct BillAnswer {
  MeteredRun run;
  Tariff tariff;
  std::vector<std::string> set;  ///< overrides of the tariff
  Bill bill;
  std::vector<std::string> notes;  ///< costs that the bill leaves out
  Summary summary;                 ///< summary that the run would have printed at this tariff
  UnitCosts unit;
  Month month;  ///< month at `--volume`, or at the run's own pace
  bool own_pace = true;
  double busy_share = 0.0;  ///< share of the time of all accelerators spent in batch steps; NaN where the run does not
                            ///< tell
  std::optional<Margin> margin;
  CheaperEnergy cheaper;
  std::vector<TrainingEnergy> training;
  double spread = 0.0;
  std::vector<Swing> swings;  ///< filled when they were asked for
};

/// Rows in columns: the first column aligned to the left, the others to the right.
std::string in_columns(const std::vector<std::vector<std::string>>& rows);
/// An amount with four digits and its sign; "-" for NaN.
std::string amount_text(double value);
/// A share in percent: "12.5 %".
std::string share_text(double share);

/// The costs that the bill of a run leaves out, at its own tariff: sentences for people. `path` names the file in errors.
std::vector<std::string> costs_left_out(const MeteredRun& run, const std::string& path);

std::string bill_text(const BillAnswer& answer, const TextStyle& style);
std::string bill_json(const BillAnswer& answer);
/// CSV with a line for each number, with every digit: "section,name,quantity,unit,value,value_unit".
std::string bill_csv(const BillAnswer& answer);

}  // namespace idlewatt
