// One variable of the time series. Rows are collected in memory and written once per chunk. Internal to results/: needs
// hdf5.h.
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

/// Creates the dataset, empty along its first, unlimited dimension. `row` lists the other dimensions. The dataset is
/// compressed in chunks of `chunk_rows` rows. The fill value of doubles is NaN. Throws Error when `type` is not the
/// declared type.
Handle create_series(hid_t group, const FormatVariable& declared, hid_t type, std::span<const DimensionRef> row,
                     hsize_t chunk_rows);

/// Extends the dataset to `from + rows` rows and writes `values` as the new rows.
void write_rows(hid_t dataset, hid_t type, hsize_t from, hsize_t rows, const void* values);

/// A dataset with values of type T, whose dimensions are time and the dimensions of a row. Collects rows in memory
/// until write().
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

  /// Adds the next value in the order of the dimensions. Callers must add whole rows.
  void push(T value) { values_.push_back(value); }

  /// Writes the collected values as the rows from `from` on.
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
