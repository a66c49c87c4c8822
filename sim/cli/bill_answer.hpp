// The bill of one run with all that was asked about it, and its texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/summary_table.hpp"
#include "ledger/economics.hpp"
#include "results/metered_run.hpp"

namespace idlewatt {

struct BillAnswer {
  MeteredRun run;
  Tariff tariff;
  std::vector<std::string> set;  ///< what was changed
  Bill bill;
  Summary summary;  ///< as the run would have printed it at this tariff
  UnitCosts unit;
  Month month;  ///< at `--volume`, or at the run's own pace
  bool own_pace = true;
  double busy_share = 0.0;  ///< of the time of all accelerators: in a batch step; NaN where the run does not say
  std::optional<Margin> margin;
  CheaperEnergy cheaper;
  std::vector<TrainingEnergy> training;
  double spread = 0.0;
  std::vector<Swing> swings;  ///< when they were asked for
};

/// Lines in columns: the first one to the left, the others to the right.
std::string in_columns(const std::vector<std::vector<std::string>>& rows);
/// To four digits, with its sign; "-" for what is no number.
std::string amount_text(double value);
/// "12.5 %"
std::string share_text(double share);

std::string bill_text(const BillAnswer& answer, const TextStyle& style);
std::string bill_json(const BillAnswer& answer);
/// "section,name,quantity,unit,value,value_unit": a line for each number, every digit.
std::string bill_csv(const BillAnswer& answer);

}  // namespace idlewatt
