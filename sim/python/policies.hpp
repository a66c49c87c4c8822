// Python classes as policies of the families.
#pragma once

#include "python/python_policy.hpp"

namespace idlewatt {

/// The declaration of one class, in the list of its family. The policies that it makes need a PythonSession.
PluginPolicies declare_python(const PythonChoice& choice);

}  // namespace idlewatt
