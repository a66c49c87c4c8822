#include "cli/physics/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"
#include "cli/text/text_table.hpp"

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
  std::vector<TextColumn> layout(columns.size());
  layout.push_back({.left = true, .gap = 0});  // the mark
  TextTable table(layout);
  const auto add = [&](auto cell_of, const std::string& mark) {
    std::vector<std::string> cells;
    for (const Column& column : columns) {
      cells.push_back(cell_of(column));
    }
    cells.push_back(mark);
    table.add(std::move(cells));
  };
  add([](const Column& column) { return column.heading; }, "");
  add([](const Column& column) { return column.unit; }, "");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    add([&](const Column& column) { return column.cells[row]; },
        rows[row].in_memory ? "" : std::string(" ") + kBeyondMark);
  }
  return table.text();
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
  std::string text =
      fmt::format("{} in {} with {} on {}{}", pool.model, to_string(pool.precision), pool.engine,
                  answer.accelerators() == 1 ? "one " : grouped(answer.accelerators()) + " ", pool.accelerator);
  std::vector<std::string> details;
  if (pool.parallel.tensor > 1) {
    details.push_back(
        fmt::format("tensor parallel {} {} {}", pool.parallel.tensor,
                    pool.parallel.tensor_servers > 1 ? fmt::format("over {} x", pool.parallel.tensor_servers) : "in a",
                    pool.server));
  }
  if (pool.parallel.pipeline > 1) {
    details.push_back(fmt::format("{} stages over {} of a {}", pool.parallel.pipeline,
                                  readable(answer.server->nic_bytes_per_s.value, Dimension::bandwidth), pool.server));
  }
  if (pool.kv_format != KvFormat::automatic) {
    details.push_back("KV cache in " + std::string(to_string(pool.kv_format)));
  }
  if (pool.parallel.context > 1) {
    details.push_back("each sequence's tokens over " + std::to_string(pool.parallel.context) + " ranks");
  }
  if (pool.parallel.kv_split > 1) {
    details.push_back("keys and values in " + std::to_string(pool.parallel.kv_split) + " parts");
  }
  if (pool.parallel.data_attention > 1) {
    details.push_back(
        fmt::format("attention by data over {} ranks{}", pool.parallel.data_attention,
                    pool.parallel.of_stage() > answer.server->accelerators
                        ? fmt::format(" and {} of each {}",
                                      readable(answer.server->nic_bytes_per_s.value, Dimension::bandwidth), pool.server)
                        : ""));
  }
  if (pool.parallel.expert > 1) {
    std::string experts = fmt::format("experts over {} ranks", pool.parallel.expert);
    if (pool.parallel.redundant_experts > 0) {
      experts += fmt::format(" with {} redundant", pool.parallel.redundant_experts);
    }
    if (pool.parallel.expert_imbalance > 1.0) {
      experts += fmt::format(", the busiest with {} times the mean", compact(pool.parallel.expert_imbalance, 3));
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
    text += fmt::format("  beyond {} tokens a sequence takes {} a token more\n", grouped(widest), bytes(growing));
  }
  if (state > 0.0) {
    text += fmt::format("  each sequence has a state of {}\n", bytes(state));
  }
  return text;
}

std::string memory(const PhysicsAnswer& answer) {
  const auto bytes = [](double value) { return readable(value, Dimension::bytes); };
  const MemoryPlan& plan = answer.memory;
  return fmt::format(
      "  {}, of which the engine takes {}: weights {}, activations {}, reserve {}, KV blocks {}\n"
      "  KV cache of the replica: {} blocks of {}, {} tokens, {} each\n"
      "{}",
      bytes(answer.accelerator->memory_bytes.value), bytes(plan.usable_bytes), bytes(plan.weight_bytes),
      bytes(plan.activation_bytes), bytes(plan.reserve_bytes), bytes(plan.kv_bytes), grouped(plan.kv_blocks),
      kKvBlockTokens, grouped(answer.kv_tokens()), bytes(answer.kv_bytes_per_token()), windows(answer));
}

std::string idle_states(const Accelerator& a) {
  const auto watts = [](const Figure& figure) { return readable(figure.value, Dimension::power); };
  return fmt::format("  idle, empty {}; idle, loaded {}; parked {}; deep parked {}; loading {}; board limit {}\n",
                     watts(a.idle_empty_w), watts(a.idle_loaded_w), watts(a.parked_w), watts(a.deep_parked_w),
                     watts(a.loading_w), watts(a.board_limit_w));
}

/// The shortest text of milliseconds or watts that gives the step its ticks and its energy back.
std::string exact(double value) {
  return number_text(value);
}

}  // namespace

std::string physics_text(const PhysicsAnswer& answer, const TextStyle& style) {
  std::string text = heading(answer, style);
  text += fmt::format(
      "\n"
      "{} of each accelerator\n"
      "{}",
      bold("memory", style), memory(answer));
  bool all_fit = true;
  if (!answer.decode.empty()) {
    text += fmt::format(
        "\n"
        "{}: a step of `batch` sequences that read `context` tokens each\n"
        "{}",
        bold("decode", style),
        table({counts("batch", "", answer.decode, &StepRow::batch),
               counts("context", "tokens", answer.decode, &StepRow::context)},
              answer.decode));
  }
  if (!answer.prefill.empty()) {
    text += fmt::format(
        "\n"
        "{}: a step that computes `prompt` tokens of {}, `behind` those that are computed already\n"
        "{}",
        bold("prefill", style),
        answer.together == 1 ? "a prompt" : fmt::format("each of {} prompts", grouped(answer.together)),
        table({counts("prompt", "tokens", answer.prefill, &StepRow::prompt),
               counts("behind", "tokens", answer.prefill, &StepRow::context)},
              answer.prefill));
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
  return fmt::format(
      "{}\n"
      "{}: each accelerator\n"
      "{}",
      text, bold("idle", style), idle_states(*answer.accelerator));
}

std::string physics_csv(const PhysicsAnswer& answer) {
  std::string text = "batch,tokens,context,ms,watts\n";
  const auto add = [&](const StepRow& row) {
    text += fmt::format("{},{},{},{},{}\n", row.batch, row.prompt, row.context, exact(row.step_s * 1e3),
                        exact(row.accelerator_power_w));
  };
  std::for_each(answer.decode.begin(), answer.decode.end(), add);
  std::for_each(answer.prefill.begin(), answer.prefill.end(), add);
  return text;
}

}  // namespace idlewatt
