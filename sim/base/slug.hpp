// Names of things as names of files.
#pragma once

#include <string>
#include <string_view>

namespace idlewatt {

/// "A100, static!" -> "a100-static": lower-case letters, digits, `.`, `_` and single dashes. Never empty, never hidden.
std::string slug(std::string_view name);

}  // namespace idlewatt
