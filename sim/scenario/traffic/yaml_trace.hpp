// Reads YAML files for the readers of traces, which know only JSON.
#pragma once

#include <string>

#include "traffic/json_value.hpp"

namespace idlewatt {

/// The one document of the file at `path` as a value of JSON; used as TraceFile::open_yaml. Throws InputError.
JsonValue open_yaml_as_json(const std::string& path);

}  // namespace idlewatt
