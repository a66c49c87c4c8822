// How fast text traces are read.
#pragma once

#include <cstdint>
#include <string>

namespace idlewatt {

/// Writes a trace of `rows` rows in Azure's format and one in our own CSV to `folder`, reads each `repeats` times and
/// prints a table of rows a second of the fastest. Returns the slower of the two.
double measure_trace_rows(const std::string& folder, std::int64_t rows, int repeats);

}  // namespace idlewatt
