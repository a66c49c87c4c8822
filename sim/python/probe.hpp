// Inspects a Python class in a process of its own, before anything runs.
#pragma once

#include <optional>

#include "python/python_policy.hpp"

namespace idlewatt {

/// The properties of a class that are known once an object of it has been made.
struct PythonFacts {
  std::optional<bool> starts_off;  ///< for an idle policy: IdlePolicy::starts_off()
};

/// Inspects a class. Throws Error with one line that says what is wrong.
PythonFacts probe(const PythonChoice& choice);

}  // namespace idlewatt
