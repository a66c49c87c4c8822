// Classes of Python as policies of the families.
#pragma once

#include "python/python_policy.hpp"

namespace idlewatt {

/// The one declaration, in the list of its family. What it makes needs a PythonSession.
PluginPolicies declare_python(const PythonChoice& choice);

}  // namespace idlewatt
