#include "cli/options/data_directory.hpp"

#include <filesystem>

namespace idlewatt {

std::string data_directory() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = program.parent_path().parent_path() / "share" / "idlewatt";
  const bool found = !error && std::filesystem::is_directory(installed / "platforms", error);
  return found ? installed.string() : IDLEWATT_SOURCE_DIR;
}

}  // namespace idlewatt
