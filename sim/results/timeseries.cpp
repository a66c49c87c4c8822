#include "results/timeseries.hpp"

#include "base/error.hpp"
#include "results/si.hpp"

namespace idlewatt::hdf5 {
namespace {

hsize_t chunk_rows(const RunLayout& layout) {
  const std::uint64_t bins =
      layout.sample_every > 0 ? static_cast<std::uint64_t>(layout.horizon / layout.sample_every) : 0;
  return rows_per_chunk(bins, layout.pools.size() * (2 * kAcceleratorStates + kReplicaActivities + 7) +
                                  2 * layout.racks.size() + (layout.cache ? 7 : 0) + 3);
}

template <std::size_t N>
std::vector<std::string> names_of(const char* (*name)(std::size_t)) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < N; ++i) {
    names.emplace_back(name(i));
  }
  return names;
}

}  // namespace

Timeseries::Timeseries(hid_t parent, const RunLayout& layout)
    : pools_(layout.pools.size()),
      racks_(layout.racks.size()),
      cache_(layout.cache),
      group_(parent, "/timeseries", layout.start_unix_s, chunk_rows(layout)) {
  const auto make = [this]<class T>(SeriesVariable<T>& variable, const char* name) {
    variable = group_.variable<T>(name);
  };
  if (pools_ > 0) {
    group_.add_labels("pool", layout.pools.values());
    group_.add_labels("state", names_of<kAcceleratorStates>(
                                   [](std::size_t i) { return to_string(static_cast<AcceleratorState>(i)); }));
    group_.add_labels("replica_state", names_of<kReplicaActivities>(
                                           [](std::size_t i) { return to_string(static_cast<ReplicaActivity>(i)); }));
    make(power_, "power_w");
    make(accelerator_time_, "accelerator_time_s");
    make(replicas_, "replicas");
    make(queue_length_, "queue_length");
    make(running_sequences_, "running_sequences");
    make(arrivals_, "arrivals");
    make(completions_, "completions");
    make(rejections_, "rejections");
    make(timeouts_, "timeouts");
    make(prompt_tokens_, "prompt_tokens");
    make(output_tokens_, "output_tokens");
  }
  if (cache_) {
    make(cache_power_, "cache_power_w");
    make(cache_idle_power_, "cache_idle_power_w");
    make(cache_lookups_, "cache_lookups");
    make(cache_hits_, "cache_hits");
    make(cache_wrong_hits_, "cache_wrong_hits");
    make(cache_entries_, "cache_entries");
    make(cache_bytes_, "cache_bytes");
  }
  if (racks_ > 0) {
    group_.add_labels("rack", layout.racks.values());
    make(rack_power_, "rack_power_w");
    make(rack_idle_power_, "rack_idle_power_w");
  }
}

bool Timeseries::add(const SeriesBin& bin) {
  if (bin.pools.size() != pools_ || bin.racks.size() != racks_ || bin.racks_idle_j.size() != racks_ ||
      bin.to < bin.from) {
    throw Error("a bin of the time series does not fit the layout that was announced");
  }
  const Ticks duration = bin.to - bin.from;
  for (const PoolBin& pool : bin.pools) {
    add_pool(pool, duration);
  }
  if (cache_) {
    cache_power_.push(mean_watts(bin.cache.energy, duration));
    cache_idle_power_.push(duration > 0 ? bin.cache.idle_j / seconds(duration) : 0.0);
    cache_lookups_.push(bin.cache.lookups);
    cache_hits_.push(bin.cache.hits);
    cache_wrong_hits_.push(bin.cache.wrong);
    cache_entries_.push(bin.cache.entries);
    cache_bytes_.push(bin.cache.bytes);
  }
  for (const Energy energy : bin.racks) {
    rack_power_.push(mean_watts(energy, duration));
  }
  for (const double joules : bin.racks_idle_j) {
    rack_idle_power_.push(duration > 0 ? joules / seconds(duration) : 0.0);
  }
  const bool full = group_.add_bin(bin.from, bin.to);
  if (full) {
    write();
  }
  return full;
}

void Timeseries::add_pool(const PoolBin& pool, Ticks duration) {
  for (const AcceleratorState state : kEveryAcceleratorState) {
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
  timeouts_.push(pool.timeouts);
  prompt_tokens_.push(pool.prompt_tokens);
  output_tokens_.push(pool.output_tokens);
}

void Timeseries::write() {
  group_.write(power_, accelerator_time_, replicas_, queue_length_, running_sequences_, arrivals_, completions_,
               rejections_, timeouts_, prompt_tokens_, output_tokens_, cache_power_, cache_idle_power_, cache_lookups_,
               cache_hits_, cache_wrong_hits_, cache_entries_, cache_bytes_, rack_power_, rack_idle_power_);
}

}  // namespace idlewatt::hdf5
