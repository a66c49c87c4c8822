// The group /servers. Internal to results/: needs hdf5.h.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "results/series_group.hpp"

namespace idlewatt::hdf5 {

/// Power by server. One of its bins covers several bins of the time series: a fleet has a thousand servers and a day
/// 86,400 seconds, but a picture or a bill of servers needs at most 1440 columns. Requires a layout with servers.
class ServerSeries {
 public:
  ServerSeries(hid_t parent, const RunLayout& layout);

  /// Adds a bin. Returns true when that filled a chunk, which has then been written and should be flushed.
  bool add(const SeriesBin& bin);
  /// Closes the open bin, and writes the rows that are still in memory.
  void finish();

 private:
  bool close();
  void write();

  Ticks length_ = 0;  ///< least length of a bin
  Ticks from_ = 0;
  Ticks to_ = 0;
  IndexedVector<ServerId, Energy> energy_;  ///< energy of the open bin
  IndexedVector<ServerId, double> idle_j_;
  SeriesGroup group_;
  SeriesVariable<double> power_;
  SeriesVariable<double> idle_power_;
};

}  // namespace idlewatt::hdf5
