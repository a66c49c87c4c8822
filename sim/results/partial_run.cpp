#include "results/partial_run.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <vector>

#include "ledger/recorder.hpp"
#include "results/read_file.hpp"

namespace idlewatt {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;

/// The lengths of the bins, s. Throws OutputError unless each has a start and an end.
std::vector<double> bin_lengths(const NumberArray& bounds) {
  if (bounds.shape.size() != 2 || bounds.shape[1] != 2) {
    throw OutputError("`time_bnds` has not two values a bin");
  }
  std::vector<double> lengths;
  for (std::size_t i = 0; i < bounds.shape[0]; ++i) {
    lengths.push_back(bounds.values[2 * i + 1] - bounds.values[2 * i]);
  }
  return lengths;
}

/// Values of a variable along time, as many a bin as it has; none where the file has no such variable.
std::optional<NumberArray> along_time(hid_t series, const char* name, std::size_t bins) {
  if (!hdf5::exists(series, name)) {
    return std::nullopt;
  }
  NumberArray values = hdf5::numbers(series, name);
  if (values.shape.empty() || values.shape[0] < bins) {
    throw OutputError(fmt::format("`{}` has fewer bins than `time`", name));
  }
  return values;
}

std::int64_t sum(hid_t series, const char* name, std::size_t bins) {
  const std::optional<NumberArray> values = along_time(series, name, bins);
  double total = 0.0;
  if (values) {
    const std::size_t count = bins * (values->values.size() / std::max<std::size_t>(values->shape[0], 1));
    for (std::size_t i = 0; i < count; ++i) {
      total += values->values[i];
    }
  }
  return static_cast<std::int64_t>(std::llround(total));
}

std::optional<double> energy_kwh(hid_t series, const char* name, const std::vector<double>& lengths) {
  const std::optional<NumberArray> power = along_time(series, name, lengths.size());
  if (!power) {
    return std::nullopt;
  }
  double joules = 0.0;
  const std::size_t each = power->values.size() / std::max<std::size_t>(power->shape[0], 1);
  for (std::size_t bin = 0; bin < lengths.size(); ++bin) {
    for (std::size_t i = 0; i < each; ++i) {
      joules += power->values[bin * each + i] * lengths[bin];
    }
  }
  return joules / kJoulesPerKwh;
}

void read_requests(hid_t file, PartialRun& run) {
  struct Row {
    double ttft_s;
    std::int8_t outcome;
  };
  const std::vector<hdf5::Column> columns{{"ttft_s", "", offsetof(Row, ttft_s), hdf5::native<double>()},
                                          {"outcome", "", offsetof(Row, outcome), hdf5::native<std::int8_t>()}};
  const std::vector<Row> rows = hdf5::read_table<Row>(file, "requests", columns);
  run.requests = std::ssize(rows);
  std::vector<double> ttft;
  for (const Row& row : rows) {
    if (row.outcome == static_cast<std::int8_t>(Outcome::served) && std::isfinite(row.ttft_s)) {
      ttft.push_back(row.ttft_s);
    }
  }
  if (ttft.empty()) {
    return;
  }
  std::sort(ttft.begin(), ttft.end());
  const auto quantile = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ttft.size())));
    return ttft[std::max<std::size_t>(rank, 1) - 1];
  };
  run.ttft_p50_s = quantile(0.5);
  run.ttft_p99_s = quantile(0.99);
}

}  // namespace

PartialRun read_partial_run(const std::string& path) {
  return hdf5::reading(
      path,
      [](hid_t file) {
        PartialRun run;
        run.title = hdf5::text_attribute(file, "title");
        run.variant = hdf5::text_attribute(file, "variant");
        run.seed = hdf5::number_attribute<std::uint64_t>(file, "seed");
        run.complete = hdf5::number_attribute<std::int32_t>(file, "complete") == 1;
        const hdf5::Handle group = hdf5::open_group(file, "timeseries");
        const hid_t series = group.get();
        const NumberArray bounds = hdf5::numbers(series, "time_bnds");
        std::vector<double> lengths = bin_lengths(bounds);
        // Time is written last: what it has, all others have.
        lengths.resize(std::min(lengths.size(), hdf5::numbers(series, "time").values.size()));
        const std::size_t bins = lengths.size();
        run.bins = static_cast<std::int64_t>(bins);
        run.simulated_s = bins == 0 ? 0.0 : bounds.values[2 * bins - 1];
        run.arrivals = sum(series, "arrivals", bins);
        run.completions = sum(series, "completions", bins);
        run.rejections = sum(series, "rejections", bins);
        run.timeouts = sum(series, "timeouts", bins);
        run.prompt_tokens = sum(series, "prompt_tokens", bins);
        run.output_tokens = sum(series, "output_tokens", bins);
        run.accelerator_kwh = energy_kwh(series, "power_w", lengths).value_or(0.0);
        run.rack_kwh = energy_kwh(series, "rack_power_w", lengths);
        read_requests(file, run);
        return run;
      },
      Unsealed::accepted);
}

}  // namespace idlewatt
