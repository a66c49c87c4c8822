// Files of YAML for the readers of traces, which know JSON.
#pragma once

#include <string>

#include "traffic/json_value.hpp"

namespace idlewatt {

/// The one document of the file at `path` as a value of JSON. A TraceFile::open_yaml. Throws InputError.
JsonValue open_yaml_as_json(const std::string& path);

}  // namespace idlewatt
