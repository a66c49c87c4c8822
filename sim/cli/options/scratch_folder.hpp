// A temporary folder for the files of a running command.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/error.hpp"

namespace idlewatt {

/// A temporary folder. The destructor removes it with its files.
class ScratchFolder {
 public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "idlewatt-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      throw OutputError("cannot make a folder in " + std::filesystem::temp_directory_path().string());
    }
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  std::filesystem::path path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace idlewatt
