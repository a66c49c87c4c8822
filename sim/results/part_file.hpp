// A file that has its name only when it is whole. Internal to record/: needs hdf5.h.
#pragma once

#include <string>

#include "results/handle.hpp"
#include "base/error.hpp"

namespace idlewatt::hdf5 {

/// Writes `<path>.part`; publish() renames it to `path`. Without publish() the `.part` stays, closed and readable.
class PartFile {
 public:
  explicit PartFile(std::string path);

  hid_t get() const { return file_.get(); }
  const std::string& part_path() const { return part_path_; }

  /// Everything written so far survives the death of the process.
  void flush();
  /// Sets the root attribute `complete`, closes, syncs to the disk and renames.
  void publish();

 private:
  std::string path_;
  std::string part_path_;
  Handle file_;
};

/// Runs `write` and says in its errors which file could not be written.
template <class Write>
void writing(const std::string& path, Write&& write) {
  try {
    write();
  } catch (const OutputError& error) {
    throw OutputError("cannot write " + path + ": " + error.what());
  }
}

}  // namespace idlewatt::hdf5
