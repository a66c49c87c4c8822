// File names made from the names of things.
#pragma once

#include <string>
#include <string_view>

namespace idlewatt {

/// The file name of a name: "A100, static!" -> "a100-static". Contains lower-case letters, digits, `.`, `_` and
/// single dashes. The result is never empty and never begins with a dot.
std::string slug(std::string_view name);

}  // namespace idlewatt
