// Where the checkout is that the tests were built from.
#pragma once

#include <string>

namespace idlewatt {

std::string source_dir();

}  // namespace idlewatt
