#include "scenario/catalog/read_step_times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "traffic/column_map.hpp"
#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

enum Column : std::size_t { kBatch, kTokens, kContext, kMilliseconds, kWatts };
constexpr std::array<ColumnName, 5> kColumns{
    {{"batch", true}, {"tokens", true}, {"context", true}, {"ms", true}, {"watts", false}}};
constexpr std::string_view kHeader = "batch,tokens,context,ms,watts";
constexpr std::int32_t kMostBatch = 1'000'000;
constexpr double kMostContext = 1e9;
constexpr double kMostMilliseconds = 1e7;
constexpr double kMostWatts = 1e5;

/// A number in (0, most], or [0, most]; nothing for anything else.
std::optional<double> number(std::string_view text, double most, bool may_be_zero) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value <= most &&
                    (may_be_zero ? value >= 0.0 : value > 0.0);
  return good ? std::optional<double>(value) : std::nullopt;
}

MeasuredStep read_row(const LineReader& lines, std::string_view line, const std::vector<std::size_t>& columns) {
  MeasuredStep step;
  CsvFields fields(lines, line);
  for (const std::size_t column : columns) {
    const std::string_view name = kColumns[column].name;
    if (column == kBatch || column == kTokens) {
      const std::int32_t count = fields.need_tokens(name);
      if (count > kMostBatch) {
        fields.fail_field(name, std::to_string(count), "at most " + std::to_string(kMostBatch));
      }
      if (column == kBatch) {
        step.batch = count;
      } else {
        step.tokens = count;
      }
      continue;
    }
    const std::string_view text = fields.need(name, "as many fields as the header has");
    if (column == kWatts && text.empty()) {
      continue;  // not measured
    }
    const double most = column == kContext ? kMostContext : column == kWatts ? kMostWatts : kMostMilliseconds;
    const std::optional<double> value = number(text, most, column == kContext);
    if (!value) {
      fields.fail_field(name, text,
                        std::string(column == kContext ? "a number of tokens from 0" : "a number above 0") + " to " +
                            number_text(most));
    }
    if (column == kContext) {
      step.context = *value;
    } else if (column == kWatts) {
      step.power_w = *value;
    } else {
      step.duration_s = *value / 1e3;
    }
  }
  fields.need_end(kColumns[columns.back()].name);
  if ((step.batch > 0) == (step.tokens > 0)) {
    lines.fail(
        1, "batch is " + std::to_string(step.batch) + " and tokens is " + std::to_string(step.tokens),
        "a decode step, with `batch` above 0 and `tokens` 0, or a prefill step, the other way round; mixed steps "
        "follow from the two");
  }
  return step;
}

}  // namespace

std::shared_ptr<const StepTimes> read_step_times(const std::string& path) {
  LineReader lines(path);
  std::string_view line;
  if (!lines.next(line)) {
    throw InputError(path + ": is empty (expected a header such as `" + std::string(kHeader) + "`)");
  }
  const std::vector<std::size_t> columns = map_columns(lines, line, kColumns, false, kHeader);
  auto table = std::make_shared<StepTimes>();
  table->path = path;
  std::map<std::tuple<std::int32_t, std::int64_t, double>, std::int64_t> seen;
  bool decodes = false;
  bool prefills = false;
  while (lines.next(line)) {
    if (line.empty()) {
      continue;
    }
    const MeasuredStep step = read_row(lines, line, columns);
    const auto [found, is_new] = seen.emplace(std::tuple(step.batch, step.tokens, step.context), lines.line_number());
    if (!is_new) {
      lines.fail(1, "a step of this batch, tokens and context stands in line " + std::to_string(found->second) + " too",
                 "each once");
    }
    (step.batch > 0 ? decodes : prefills) = true;
    table->steps.push_back(step);
  }
  if (!decodes || !prefills) {
    throw InputError(path + ": has no " + (decodes ? "prefill" : "decode") + " steps (expected rows such as `" +
                     (decodes ? "0,512,0,38.5" : "8,0,1024,11.9") + "`)");
  }
  return table;
}

std::vector<std::string> step_times_exceeded(const Pool& pool, const Catalog& catalog) {
  if (!pool.step_times) {
    return {};
  }
  std::int32_t batch = 0;
  std::int64_t tokens = 0;
  double context = 0.0;
  for (const MeasuredStep& step : pool.step_times->steps) {
    batch = std::max(batch, step.batch);
    tokens = std::max(tokens, step.tokens);
    context = std::max(context, step.batch > 0 ? step.context : 0.0);
  }
  std::vector<std::string> sentences;
  const auto exceeds = [&](const std::string& what, double measured, double possible) {
    if (possible > measured) {
      sentences.push_back(pool.step_times->path + ": warning: it holds " + what + " up to " + number_text(measured) +
                          ", and pool `" + pool.name + "` may run " + number_text(possible) +
                          ": beyond, its steps are extrapolated");
    }
  };
  const auto& parameters = pool.batching.parameters.all();
  if (const auto seats = parameters.find("max_sequences"); seats != parameters.end()) {
    exceeds("batches", batch, seats->second);
  }
  if (const auto budget = parameters.find("token_budget"); budget != parameters.end()) {
    exceeds("prompt tokens of a step", static_cast<double>(tokens), budget->second);
  }
  exceeds("contexts", context, catalog.models.at(pool.model).context_tokens);
  return sentences;
}

}  // namespace idlewatt
