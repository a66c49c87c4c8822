// Tables in the layout of PyTables and H5TB, which pandas.read_hdf reads. Internal to results/: needs hdf5.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// A column with the place of its value in a row in memory.
struct Column {
  std::string name;
  std::string units;  ///< empty for none
  std::size_t offset = 0;
  hid_t type = H5I_INVALID_HID;
};

/// The columns with their declared units. Throws Error unless they are the declared columns, in order.
std::vector<Column> as_declared(const FormatGroup& declared, std::vector<Column> columns);

/// The number of rows per chunk of a table of `rows` rows: at most `most`, and at most `rows`, since a chunk is stored
/// whole even if it is partly empty.
hsize_t rows_per_chunk_of_whole(std::size_t rows, hsize_t most);

/// A table with a fixed set of columns. It has the layout of H5TBmake_table, but not the modification times which that
/// function stores.
class Table {
 public:
  Table(hid_t parent, const std::string& name, const std::string& title, std::span<const Column> columns,
        std::size_t row_size, hsize_t chunk_rows);

  hid_t dataset() const { return dataset_.get(); }
  void append(const void* rows, std::size_t count);

 private:
  Handle row_type_;
  Handle dataset_;
  hsize_t written_ = 0;
};

}  // namespace idlewatt::hdf5
