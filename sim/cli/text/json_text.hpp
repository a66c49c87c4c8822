// Numbers and files of JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace idlewatt {

/// The number; null for infinity and NaN, which JSON lacks.
nlohmann::ordered_json json_number(double value);

/// The text of a value, with a line feed at its end. Each level is indented by `indent` spaces. Bytes that are no UTF-8,
/// as names of files may have, become U+FFFD.
std::string json_text(const nlohmann::ordered_json& json, int indent = 2);

}  // namespace idlewatt
