#include "record/timeseries.hpp"

#include <array>
#include <bit>
#include <chrono>
#include <cstdio>

#include "record/si.hpp"
#include "units/error.hpp"

namespace idlewatt::hdf5 {
namespace {

/// Simulated time 0 as CF writes it: "seconds since 2024-03-01 00:00:00".
std::string time_units(std::int64_t start_unix_s) {
  using namespace std::chrono;
  const sys_seconds start{std::chrono::seconds{start_unix_s}};
  const sys_days day = floor<days>(start);
  const year_month_day date{day};
  const hh_mm_ss clock{start - day};
  char text[64];
  std::snprintf(text, sizeof text, "seconds since %04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// Rows per chunk: some fifty chunks a run, so that the index of a variable's chunks stays one node; long enough to
/// compress; and never more than 64 MB of rows in memory.
hsize_t rows_per_chunk(const RunLayout& layout) {
  constexpr std::uint64_t shortest = 256;
  constexpr std::uint64_t longest = 4096;
  constexpr std::uint64_t memory = 64'000'000;
  const std::uint64_t bins =
      layout.sample_every > 0 ? static_cast<std::uint64_t>(layout.horizon / layout.sample_every) : 0;
  const std::uint64_t wanted = std::clamp(std::bit_ceil(bins / 48 + 1), shortest, longest);
  const std::uint64_t row_values = layout.pools.size() * (2 * kAcceleratorStates + kReplicaStates + 7) +
                                   layout.servers.size() + layout.racks.size() + 3;
  const std::uint64_t affordable = std::bit_floor(std::max<std::uint64_t>(memory / (8 * row_values), 1));
  return std::min(wanted, affordable);
}

template <std::size_t N>
std::vector<std::string> names_of(const char* (*name)(std::size_t)) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < N; ++i) {
    names.emplace_back(name(i));
  }
  return names;
}

/// A dimension with strings as its coordinates.
Handle labels(hid_t group, const std::string& name, const std::vector<std::string>& texts,
              const std::string& long_name) {
  Handle dataset = write_texts(group, name, texts);
  make_dimension(dataset.get(), name);
  set_attribute(dataset.get(), "long_name", long_name);
  return dataset;
}

}  // namespace

Timeseries::Timeseries(hid_t parent, const RunLayout& layout)
    : pools_(layout.pools.size()),
      servers_(layout.servers.size()),
      racks_(layout.racks.size()),
      chunk_rows_(rows_per_chunk(layout)),
      group_(create_group(parent, "timeseries")) {
  const hid_t group = group_.get();
  time_ = {group, {"time", time_units(layout.start_unix_s), "start of the bin", ""}, {}, chunk_rows_};
  set_attribute(time_.dataset(), "standard_name", "time");
  set_attribute(time_.dataset(), "calendar", "standard");
  set_attribute(time_.dataset(), "axis", "T");
  set_attribute(time_.dataset(), "bounds", "time_bnds");
  make_dimension(time_.dataset(), "time");

  const Handle nv = bare_dimension(group, "nv", 2);
  const std::array<DimensionRef, 1> ends{{{nv.get(), 2}}};
  time_bounds_ = {group, {"time_bnds", "", "start and end of the bin", ""}, ends, chunk_rows_};
  attach_dimensions(time_bounds_.dataset(), std::array{time_.dataset(), nv.get()});

  if (pools_ > 0) {
    const Handle pool = labels(group, "pool", layout.pools, "pool of replicas");
    const Handle state =
        labels(group, "state",
               names_of<kAcceleratorStates>([](std::size_t i) { return to_string(static_cast<AcceleratorState>(i)); }),
               "state of an accelerator");
    const Handle replica_state =
        labels(group, "replica_state",
               names_of<kReplicaStates>([](std::size_t i) { return to_string(static_cast<ReplicaState>(i)); }),
               "state of a replica");
    const DimensionRef by_pool{pool.get(), pools_};
    const auto add = [&]<class T>(SeriesVariable<T>& variable, const VariableText& text, DimensionRef second) {
      std::vector<DimensionRef> row{by_pool};
      std::vector<hid_t> scales{time_.dataset(), pool.get()};
      if (second.size > 0) {
        row.push_back(second);
        scales.push_back(second.scale);
      }
      variable = {group, text, row, chunk_rows_};
      attach_dimensions(variable.dataset(), scales);
    };
    const DimensionRef none{};
    const DimensionRef by_state{state.get(), kAcceleratorStates};
    add(power_, {"power_w", "W", "mean power of the accelerators in a state", "time: mean"}, by_state);
    add(accelerator_time_, {"accelerator_time_s", "s", "time that accelerators spent in a state", "time: sum"},
        by_state);
    add(replicas_, {"replicas", "1", "replicas in a state at the bin's end", "time: point"},
        {replica_state.get(), kReplicaStates});
    add(queue_length_, {"queue_length", "1", "queries waiting at the bin's end", "time: point"}, none);
    add(running_sequences_, {"running_sequences", "1", "sequences in a batch at the bin's end", "time: point"}, none);
    add(arrivals_, {"arrivals", "1", "queries that arrived", "time: sum"}, none);
    add(completions_, {"completions", "1", "queries answered to the last token", "time: sum"}, none);
    add(rejections_, {"rejections", "1", "queries turned away", "time: sum"}, none);
    add(prompt_tokens_, {"prompt_tokens", "1", "prompt tokens computed", "time: sum"}, none);
    add(output_tokens_, {"output_tokens", "1", "output tokens generated", "time: sum"}, none);
  }
  // A dimension of size 0 means "unlimited" to netCDF: what a fleet does not have is left out.
  if (servers_ > 0) {
    const Handle server = labels(group, "server", layout.servers, "server: rack/kind/number");
    const std::array<DimensionRef, 1> row{{{server.get(), servers_}}};
    server_power_ = {
        group, {"server_power_w", "W", "mean power of a server at the wall", "time: mean"}, row, chunk_rows_};
    attach_dimensions(server_power_.dataset(), std::array{time_.dataset(), server.get()});
  }
  if (racks_ > 0) {
    const Handle rack = labels(group, "rack", layout.racks, "rack");
    const std::array<DimensionRef, 1> row{{{rack.get(), racks_}}};
    rack_power_ = {
        group, {"rack_power_w", "W", "mean power of a rack, servers and switches", "time: mean"}, row, chunk_rows_};
    attach_dimensions(rack_power_.dataset(), std::array{time_.dataset(), rack.get()});
  }
}

bool Timeseries::add(const SeriesBin& bin) {
  if (bin.pools.size() != pools_ || bin.servers.size() != servers_ || bin.racks.size() != racks_ || bin.to < bin.from) {
    throw Error("a bin of the time series does not fit the layout that was announced");
  }
  const Ticks duration = bin.to - bin.from;
  time_.push(seconds(bin.from));
  time_bounds_.push(seconds(bin.from));
  time_bounds_.push(seconds(bin.to));
  for (const PoolBin& pool : bin.pools) {
    add_pool(pool, duration);
  }
  for (const Energy energy : bin.servers) {
    server_power_.push(mean_watts(energy, duration));
  }
  for (const Energy energy : bin.racks) {
    rack_power_.push(mean_watts(energy, duration));
  }
  if (++waiting_ < chunk_rows_) {
    return false;
  }
  write();
  return true;
}

void Timeseries::add_pool(const PoolBin& pool, Ticks duration) {
  for (std::size_t state = 0; state < kAcceleratorStates; ++state) {
    power_.push(mean_watts(pool.accelerators.energy[state], duration));
    accelerator_time_.push(seconds(pool.accelerators.ticks[state]));
  }
  for (const std::int32_t count : pool.replicas) {
    replicas_.push(count);
  }
  queue_length_.push(pool.queue_length);
  running_sequences_.push(pool.running_sequences);
  arrivals_.push(pool.arrivals);
  completions_.push(pool.completions);
  rejections_.push(pool.rejections);
  prompt_tokens_.push(pool.prompt_tokens);
  output_tokens_.push(pool.output_tokens);
}

void Timeseries::write() {
  const auto write_all = [this](auto&... variables) { (variables.write(written_), ...); };
  // Time last: a reader that finds its row finds the rows of the others.
  write_all(power_, accelerator_time_, replicas_, queue_length_, running_sequences_, arrivals_, completions_,
            rejections_, prompt_tokens_, output_tokens_, server_power_, rack_power_, time_bounds_, time_);
  written_ += waiting_;
  waiting_ = 0;
}

}  // namespace idlewatt::hdf5
