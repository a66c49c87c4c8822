// The group /timeseries. Internal to results/: needs hdf5.h.
#pragma once

#include <cstdint>

#include "ledger/recorder.hpp"
#include "results/series_group.hpp"

namespace idlewatt::hdf5 {

/// Writes bins as they come, in a group that xarray opens without options.
class Timeseries {
 public:
  Timeseries(hid_t parent, const RunLayout& layout);

  /// Adds a bin. Returns true when that filled a chunk, which has then been written and should be flushed.
  bool add(const SeriesBin& bin);
  /// Writes the rows that are still in memory.
  void write();

 private:
  void add_pool(const PoolBin& pool, Ticks duration);

  std::size_t pools_ = 0;
  std::size_t racks_ = 0;
  bool cache_ = false;

  SeriesGroup group_;
  SeriesVariable<double> power_;
  SeriesVariable<double> accelerator_time_;
  SeriesVariable<std::int32_t> replicas_;
  SeriesVariable<std::int64_t> queue_length_;
  SeriesVariable<std::int64_t> running_sequences_;
  SeriesVariable<std::int64_t> arrivals_;
  SeriesVariable<std::int64_t> completions_;
  SeriesVariable<std::int64_t> rejections_;
  SeriesVariable<std::int64_t> timeouts_;
  SeriesVariable<std::int64_t> prompt_tokens_;
  SeriesVariable<std::int64_t> output_tokens_;
  SeriesVariable<double> cache_power_;
  SeriesVariable<double> cache_idle_power_;
  SeriesVariable<std::int64_t> cache_lookups_;
  SeriesVariable<std::int64_t> cache_hits_;
  SeriesVariable<std::int64_t> cache_wrong_hits_;
  SeriesVariable<std::int64_t> cache_entries_;
  SeriesVariable<std::int64_t> cache_bytes_;
  SeriesVariable<double> rack_power_;
  SeriesVariable<double> rack_idle_power_;
};

}  // namespace idlewatt::hdf5
