// An HDF5 file that has its name only when it is complete. Internal to results/: needs hdf5.h.
#pragma once

#include <string>

#include "base/whole_file.hpp"
#include "results/handle.hpp"

namespace idlewatt::hdf5 {

/// The fate of a part whose writer gives up.
enum class Unfinished {
  removed,
  kept,  ///< sealed, as `<path>.part`
};

/// Writes a part beside `path` (base/whole_file.hpp). publish() seals the part and renames it to `path`. A process that
/// is killed leaves the part under the part's own name, without a seal.
class PartFile {
 public:
  explicit PartFile(std::string path, Unfinished unfinished = Unfinished::removed);
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  hid_t get() const { return file_.get(); }

  /// Flushes the file, so that everything written so far survives the death of the process. Throws OutputError.
  void flush();
  /// Completes the file: sets the root attribute `complete`, closes and seals the part, reads it back to check that it
  /// is whole, and renames it to `path`. Requires that all other handles to the file are closed. Throws OutputError.
  void publish();

 private:
  /// Removes or keeps an unpublished part.
  void give_up() const noexcept;

  std::string path_;
  std::string part_;
  Unfinished unfinished_;
  Handle file_;
};

}  // namespace idlewatt::hdf5
