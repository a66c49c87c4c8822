// Conversions of Python's answers, which are strict, and texts of Python's exceptions in one line.
#pragma once

#include <cstdint>
#include <pybind11/pybind11.h>
#include <string>

namespace idlewatt {

/// The answer of a Python router when no replica is available.
inline constexpr std::int32_t kNoReplicaInPython = -1;

/// The value on one line with its type: "`2.5` (float)".
std::string shown(pybind11::handle value);

/// Convert a value. Throw pybind11's type_error or value_error, "NAME is ...; expected ...". Nothing is rounded: 2.0 is
/// no whole number.
std::int64_t whole(pybind11::handle value, const std::string& name, std::int64_t low, std::int64_t high);
bool truth(pybind11::handle value, const std::string& name);
double finite(pybind11::handle value, const std::string& name);

/// The exception in one line: "ValueError: no row for this hour". Writes the traceback to standard error.
std::string told(const pybind11::error_already_set& error);
/// The exception in one line, without a traceback.
std::string told_shortly(const pybind11::error_already_set& error);

}  // namespace idlewatt
