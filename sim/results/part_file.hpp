// An HDF5 file that has its name only when it is whole. Internal to results/: needs hdf5.h.
#pragma once

#include <string>

#include "base/whole_file.hpp"
#include "results/handle.hpp"

namespace idlewatt::hdf5 {

/// What becomes of a part whose writer gives up.
enum class Unfinished {
  removed,
  kept,  ///< sealed, as `<path>.part`
};

/// Writes a part beside `path` (base/whole_file.hpp); publish() seals it and gives it the name. A process that is
/// killed leaves the part under the part's own name, without a seal.
class PartFile {
 public:
  explicit PartFile(std::string path, Unfinished unfinished = Unfinished::removed);
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  hid_t get() const { return file_.get(); }

  /// Everything written so far survives the death of the process.
  void flush();
  /// Sets the root attribute `complete`, closes, seals, reads back that the file is whole, and gives it its name. All
  /// other handles to the file are closed before. Throws OutputError.
  void publish();

 private:
  /// What is not published goes, or stays.
  void give_up() const noexcept;

  std::string path_;
  std::string part_;
  Unfinished unfinished_;
  Handle file_;
};

}  // namespace idlewatt::hdf5
