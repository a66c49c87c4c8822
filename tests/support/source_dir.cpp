#include "support/source_dir.hpp"

namespace idlewatt {

std::string source_dir() {
  return IDLEWATT_SOURCE_DIR;
}

}  // namespace idlewatt
