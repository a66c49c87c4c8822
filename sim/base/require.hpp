// Preconditions that headers state ("Requires ..."), checked where a check costs nothing.
#pragma once

#include <stdexcept>
#include <string>

namespace idlewatt {

/// Throws std::logic_error, which names what was required, unless `holds`. Always a bug of the caller.
inline void require(bool holds, const char* what) {
  if (!holds) {
    throw std::logic_error(std::string("a bug in idlewatt: ") + what + " was required");
  }
}

}  // namespace idlewatt
