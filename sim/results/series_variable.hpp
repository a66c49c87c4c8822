// One variable of the time series: rows collected in memory, one write a chunk. Internal to results/: needs hdf5.h.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "results/format.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// A dimension and its size.
struct DimensionRef {
  hid_t scale = H5I_INVALID_HID;
  hsize_t size = 0;
};

/// Creates the dataset, empty along its first, unlimited dimension; `row` lists the others. Compressed in chunks of
/// `chunk_rows` rows. A double's fill value is NaN. Throws Error when `type` is not the declared one.
Handle create_series(hid_t group, const FormatVariable& declared, hid_t type, std::span<const DimensionRef> row,
                     hsize_t chunk_rows);

/// Extends the dataset to `from + rows` rows and writes them; `values` are theirs.
void write_rows(hid_t dataset, hid_t type, hsize_t from, hsize_t rows, const void* values);

/// Values of type T along time and the dimensions of a row.
template <class T>
class SeriesVariable {
 public:
  SeriesVariable() = default;
  SeriesVariable(hid_t group, const FormatVariable& declared, std::span<const DimensionRef> row, hsize_t chunk_rows)
      : dataset_(create_series(group, declared, native<T>(), row, chunk_rows)) {
    for (const DimensionRef& dimension : row) {
      row_size_ *= static_cast<std::size_t>(dimension.size);
    }
    values_.reserve(row_size_ * static_cast<std::size_t>(chunk_rows));
  }

  hid_t dataset() const { return dataset_.get(); }

  /// The next value, in the order of the dimensions. Callers push whole rows.
  void push(T value) { values_.push_back(value); }

  /// Writes what was collected as the rows from `from` on.
  void write(hsize_t from) {
    if (!values_.empty()) {
      write_rows(dataset_.get(), native<T>(), from, values_.size() / row_size_, values_.data());
      values_.clear();
    }
  }

 private:
  Handle dataset_;
  std::size_t row_size_ = 1;
  std::vector<T> values_;
};

}  // namespace idlewatt::hdf5
