// A look at a class of Python before anything runs, in a process of its own.
#pragma once

#include <optional>

#include "python/python_policy.hpp"

namespace idlewatt {

/// What is known of the class once it was made.
struct PythonFacts {
  std::optional<bool> starts_off;  ///< of an idle policy
};

/// Throws Error: what is wrong, one line.
PythonFacts probe(const PythonChoice& choice);

}  // namespace idlewatt
