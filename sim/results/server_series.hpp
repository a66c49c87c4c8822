// The group /servers. Internal to results/: needs hdf5.h.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "results/series_group.hpp"

namespace idlewatt::hdf5 {

/// Power by server, several bins of the time series in one: a fleet has a thousand servers, a day 86,400 seconds, and
/// a picture or a bill of servers needs no more than 1440 columns. Requires a layout with servers.
class ServerSeries {
 public:
  ServerSeries(hid_t parent, const RunLayout& layout);

  /// Takes a bin; true when that filled a chunk, which is then written (and wants flushing).
  bool add(const SeriesBin& bin);
  /// Ends the bin under way, and writes what is still in memory.
  void finish();

 private:
  bool close();
  void write();

  Ticks length_ = 0;  ///< of a bin, at least
  Ticks from_ = 0;
  Ticks to_ = 0;
  IndexedVector<ServerId, Energy> energy_;  ///< of the bin under way
  IndexedVector<ServerId, double> idle_j_;
  SeriesGroup group_;
  SeriesVariable<double> power_;
  SeriesVariable<double> idle_power_;
};

}  // namespace idlewatt::hdf5
