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

/// The number of rows per chunk for a run of `bins` rows of `row_values` numbers. There are some fifty chunks per run,
/// so that the index of a variable's chunks stays one node and chunks are long enough to compress. At most 64 MB of
/// rows are in memory.
hsize_t rows_per_chunk(std::uint64_t bins, std::uint64_t row_values);

/// A group with its time axis and its other dimensions, which makes variables.
class SeriesGroup {
 public:
  /// Creates the group. `path` is a declared one, such as "/timeseries".
  SeriesGroup(hid_t parent, std::string_view path, std::int64_t start_unix_s, hsize_t chunk_rows);

  /// Adds a dimension with texts as coordinates. Must be called before variables with this dimension are made. Requires
  /// that `texts` is not empty: a dimension of size 0 means "unlimited" to netCDF, so dimensions that a fleet lacks are
  /// left out.
  void add_labels(std::string_view dimension, const std::vector<std::string>& texts);

  template <class T>
  SeriesVariable<T> variable(std::string_view name) const {
    const FormatVariable& declared = format_->variable(name);
    SeriesVariable<T> variable(group_.get(), declared, row_of(declared), chunk_rows_);
    attach(variable.dataset(), declared);
    return variable;
  }

  hsize_t chunk_rows() const { return chunk_rows_; }

  /// Adds the times of the next row. Returns true when that filled a chunk, which the caller must then write.
  bool add_bin(Ticks from, Ticks to);
  /// Writes the rows in memory: `variables` first and time last, so that a row that a reader finds in time exists in
  /// all variables.
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
