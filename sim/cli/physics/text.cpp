#include "cli/physics/text.hpp"

#include <algorithm>
#include <cmath>

#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

constexpr int kDigits = 4;
constexpr int kPartDigits = 3;
constexpr const char* kBeyondMark = "*";

struct Column {
  std::string heading;
  std::string unit;
  std::vector<std::string> cells;
};

std::string aligned(const std::vector<Column>& columns, const std::vector<StepRow>& rows) {
  std::vector<std::size_t> widths;
  for (const Column& column : columns) {
    std::size_t width = std::max(column.heading.size(), column.unit.size());
    for (const std::string& cell : column.cells) {
      width = std::max(width, display_width(cell));
    }
    widths.push_back(width);
  }
  std::string out;
  const auto put = [&](auto cell_of, const std::string& mark) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line += "  " + right_aligned(cell_of(columns[i]), widths[i]);
    }
    line += mark;
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  put([](const Column& column) { return column.heading; }, "");
  put([](const Column& column) { return column.unit; }, "");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    put([&](const Column& column) { return column.cells[row]; },
        rows[row].in_memory ? "" : std::string(" ") + kBeyondMark);
  }
  return out;
}

/// The columns that decode and prefill have in common, the step's parts at their end.
std::vector<Column> cost_columns(const std::vector<StepRow>& rows) {
  std::vector<Column> columns{
      {"step", "ms", {}}, {"speed", "tokens/s", {}}, {"power", "W", {}}, {"energy", "J/token", {}}};
  const std::size_t costs = columns.size();
  if (!rows.empty() && rows.front().parts) {
    for (const char* part : {"overhead", "linear", "attention", "links", "layers"}) {
      columns.push_back({part, "ms", {}});
    }
    columns.push_back({"clock", "MHz", {}});
  }
  for (const StepRow& row : rows) {
    const StepParts parts = row.parts.value_or(StepParts{});
    const std::vector<double> values{row.step_s * 1e3,        row.tokens_per_s,       row.accelerator_power_w,
                                     row.energy_per_token_j,  parts.overhead_s * 1e3, parts.linear_s * 1e3,
                                     parts.attention_s * 1e3, parts.links_s * 1e3,    parts.layers_s * 1e3,
                                     parts.clock_hz * 1e-6};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].cells.push_back(i < costs ? rounded(values[i], kDigits) : compact(values[i], kPartDigits));
    }
  }
  return columns;
}

Column counts(const std::string& heading, const std::string& unit, const std::vector<StepRow>& rows,
              std::int64_t StepRow::*member) {
  Column column{heading, unit, {}};
  for (const StepRow& row : rows) {
    column.cells.push_back(grouped(row.*member));
  }
  return column;
}

std::string table(std::vector<Column> first, const std::vector<StepRow>& rows) {
  for (Column& column : cost_columns(rows)) {
    first.push_back(std::move(column));
  }
  return aligned(first, rows);
}

std::string heading(const PhysicsAnswer& answer, const TextStyle& style) {
  const Pool& pool = answer.pool;
  std::string text = pool.model + " in " + to_string(pool.precision) + " with " + pool.engine + " on " +
                     (answer.accelerators() == 1 ? "one " : grouped(answer.accelerators()) + " ") + pool.accelerator;
  std::vector<std::string> details;
  if (pool.parallel.tensor > 1) {
    details.push_back("tensor parallel " + std::to_string(pool.parallel.tensor) + " in a " + pool.server);
  }
  if (pool.parallel.pipeline > 1) {
    details.push_back(std::to_string(pool.parallel.pipeline) + " stages over " +
                      readable(answer.server->nic_bytes_per_s.value, Dimension::bandwidth) + " of a " + pool.server);
  }
  if (pool.kv_format != KvFormat::automatic) {
    details.push_back("KV cache in " + std::string(to_string(pool.kv_format)));
  }
  if (pool.parallel.data_attention > 1) {
    details.push_back("attention by data over " + std::to_string(pool.parallel.data_attention) + " ranks" +
                      (pool.parallel.of_stage() > answer.server->accelerators
                           ? " and " + readable(answer.server->nic_bytes_per_s.value, Dimension::bandwidth) +
                                 " of each " + pool.server
                           : ""));
  }
  if (pool.parallel.expert > 1) {
    std::string experts = "experts over " + std::to_string(pool.parallel.expert) + " ranks";
    if (pool.parallel.redundant_experts > 0) {
      experts += " with " + std::to_string(pool.parallel.redundant_experts) + " redundant";
    }
    if (pool.parallel.expert_imbalance > 1.0) {
      experts += ", the busiest with " + compact(pool.parallel.expert_imbalance, 3) + " times the mean";
    }
    details.push_back(experts);
  }
  if (pool.step_times) {
    details.push_back("step times of " + pool.step_times->path);
  }
  if (pool.power_cap_w) {
    details.push_back("power cap " + readable(*pool.power_cap_w, Dimension::power));
  }
  if (pool.clock_limit_hz) {
    details.push_back("clock limit " + readable(*pool.clock_limit_hz, Dimension::frequency));
  }
  return bold(text, style) + (details.empty() ? "" : ": " + listed(details, ", ")) + "\n";
}

/// What sequences take where layers keep a window of the context, or a state; nothing for other models.
std::string windows(const PhysicsAnswer& answer) {
  const auto bytes = [](double value) { return readable(value, Dimension::bytes); };
  const int tensor = answer.pool.parallel.tensor;
  const double state = answer.model->state_bytes(tensor);
  double growing = 0.0;
  int widest = 0;
  for (const KvKind& kind : answer.model->kv_kinds(tensor)) {
    growing +=
        kind.kept > 0 || kind.borrowed ? 0.0 : kind.layers * kind.elements * kv_element_bytes(answer.pool.kv_format);
    widest = std::max(widest, kind.kept);
  }
  std::string text;
  if (widest > 0) {
    text += "  beyond " + grouped(widest) + " tokens a sequence takes " + bytes(growing) + " a token more\n";
  }
  if (state > 0.0) {
    text += "  each sequence has a state of " + bytes(state) + "\n";
  }
  return text;
}

std::string memory(const PhysicsAnswer& answer) {
  const auto bytes = [](double value) { return readable(value, Dimension::bytes); };
  const MemoryPlan& plan = answer.memory;
  return "  " + bytes(answer.accelerator->memory_bytes.value) + ", of which the engine takes " +
         bytes(plan.usable_bytes) + ": weights " + bytes(plan.weight_bytes) + ", activations " +
         bytes(plan.activation_bytes) + ", reserve " + bytes(plan.reserve_bytes) + ", KV blocks " +
         bytes(plan.kv_bytes) + "\n  KV cache of the replica: " + grouped(plan.kv_blocks) + " blocks of " +
         std::to_string(kKvBlockTokens) + ", " + grouped(answer.kv_tokens()) + " tokens, " +
         bytes(answer.model->kv_bytes_per_token(answer.pool.parallel.tensor, answer.pool.kv_format)) + " each\n" +
         windows(answer);
}

std::string idle_states(const Accelerator& a) {
  const auto watts = [](const Figure& figure) { return readable(figure.value, Dimension::power); };
  return "  idle, empty " + watts(a.idle_empty_w) + "; idle, loaded " + watts(a.idle_loaded_w) + "; parked " +
         watts(a.parked_w) + "; deep parked " + watts(a.deep_parked_w) + "; loading " + watts(a.loading_w) +
         "; board limit " + watts(a.board_limit_w) + "\n";
}

/// The shortest text of milliseconds or watts that gives the step its ticks and its energy back.
std::string exact(double value) {
  return number_text(value);
}

}  // namespace

std::string physics_text(const PhysicsAnswer& answer, const TextStyle& style) {
  std::string text = heading(answer, style);
  text += "\n" + bold("memory", style) + " of each accelerator\n" + memory(answer);
  bool all_fit = true;
  if (!answer.decode.empty()) {
    text += "\n" + bold("decode", style) + ": a step of `batch` sequences that read `context` tokens each\n" +
            table({counts("batch", "", answer.decode, &StepRow::batch),
                   counts("context", "tokens", answer.decode, &StepRow::context)},
                  answer.decode);
  }
  if (!answer.prefill.empty()) {
    text += "\n" + bold("prefill", style) + ": a step that computes `prompt` tokens of " +
            (answer.together == 1 ? "a prompt" : "each of " + grouped(answer.together) + " prompts") +
            ", `behind` those that are computed already\n" +
            table({counts("prompt", "tokens", answer.prefill, &StepRow::prompt),
                   counts("behind", "tokens", answer.prefill, &StepRow::context)},
                  answer.prefill);
  }
  for (const std::vector<StepRow>* rows : {&answer.decode, &answer.prefill}) {
    all_fit = all_fit && std::all_of(rows->begin(), rows->end(), [](const StepRow& row) { return row.in_memory; });
  }
  text += "\nPower is that of each accelerator, energy that of " +
          std::string(answer.accelerators() == 1 ? "the one" : "all " + grouped(answer.accelerators())) +
          ", servers and cooling not included.\n";
  if (!all_fit) {
    text += std::string(kBeyondMark) + " more tokens than the KV blocks hold: the replica does not run such a step\n";
  }
  return text + "\n" + bold("idle", style) + ": each accelerator\n" + idle_states(*answer.accelerator);
}

std::string physics_csv(const PhysicsAnswer& answer) {
  std::string text = "batch,tokens,context,ms,watts\n";
  const auto add = [&](const StepRow& row) {
    text += std::to_string(row.batch) + "," + std::to_string(row.prompt) + "," + std::to_string(row.context) + "," +
            exact(row.step_s * 1e3) + "," + exact(row.accelerator_power_w) + "\n";
  };
  std::for_each(answer.decode.begin(), answer.decode.end(), add);
  std::for_each(answer.prefill.begin(), answer.prefill.end(), add);
  return text;
}

}  // namespace idlewatt
