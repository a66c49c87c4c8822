// A group of variables along time, as format.hpp declares it. Internal to results/: needs hdf5.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ticks.hpp"
#include "results/format.hpp"
#include "results/series_variable.hpp"

namespace idlewatt::hdf5 {

/// Rows per chunk for a run of `bins` rows of `row_values` numbers: some fifty chunks a run, so that the index of a
/// variable's chunks stays one node; long enough to compress; and never more than 64 MB of rows in memory.
hsize_t rows_per_chunk(std::uint64_t bins, std::uint64_t row_values);

/// The group, its time axis and its other dimensions; makes variables of them.
class SeriesGroup {
 public:
  /// `path` as declared: "/timeseries".
  SeriesGroup(hid_t parent, std::string_view path, std::int64_t start_unix_s, hsize_t chunk_rows);

  /// A dimension with texts as coordinates. To be called before variables with it are made. `texts` is not empty: a
  /// dimension of size 0 means "unlimited" to netCDF, so what a fleet does not have is left out.
  void add_labels(std::string_view dimension, const std::vector<std::string>& texts);

  template <class T>
  SeriesVariable<T> variable(std::string_view name) const {
    const FormatVariable& declared = format_->variable(name);
    SeriesVariable<T> variable(group_.get(), declared, row_of(declared), chunk_rows_);
    attach(variable.dataset(), declared);
    return variable;
  }

  hsize_t chunk_rows() const { return chunk_rows_; }

  /// The times of the next row. True when that filled a chunk, which the caller then writes.
  bool add_bin(Ticks from, Ticks to);
  /// Writes the rows in memory: `variables` first and time last, so that a reader that finds a row in time finds it in
  /// all others.
  template <class... Variables>
  void write(Variables&... variables) {
    (variables.write(written_), ...);
    time_bounds_.write(written_);
    time_.write(written_);
    written_ += waiting_;
    waiting_ = 0;
  }

 private:
  std::vector<DimensionRef> row_of(const FormatVariable& declared) const;
  void attach(hid_t dataset, const FormatVariable& declared) const;

  const FormatGroup* format_;
  hsize_t chunk_rows_;
  Handle group_;
  SeriesVariable<double> time_;
  SeriesVariable<double> time_bounds_;
  std::map<std::string, std::pair<Handle, hsize_t>, std::less<>> dimensions_;  ///< but time; with their sizes
  hsize_t written_ = 0;                                                        ///< rows in the file
  hsize_t waiting_ = 0;                                                        ///< rows in memory
};

}  // namespace idlewatt::hdf5
