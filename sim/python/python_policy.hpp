// Policies written in Python: a class in a file that a scenario names, run by an interpreter inside the program.
// policy/README.md is the guide. This header does not need Python's headers; absent.cpp replaces the sources in a build
// without Python.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/plugin.hpp"
#include "policy/table.hpp"

namespace idlewatt {

/// A class and the arguments of its constructor.
struct PythonChoice {
  OutsideFamily family;
  std::string path;
  std::string class_name;
  /// Keyword arguments: the name, and the value as a Python literal.
  std::vector<std::pair<std::string, std::string>> keywords;
};

/// The version of the built-in interpreter, "3.11.2"; empty when there is none.
std::string python_version();

/// Loads a class as a plug-in with one policy, named after the class. A process of its own runs the file and makes an
/// object of the class once. So the calling process stays without an interpreter and can fork. Throws Error with one
/// line that names file and class. When a policy made of the class raises an exception, it becomes an InputError, and
/// the traceback goes to standard error.
std::shared_ptr<const Plugin> load_python_policy(const PythonChoice& choice);

/// The interpreter. The owner of a simulation with Python policies owns one session; such policies can be made and
/// asked only while the session lives. CPython has one interpreter per process, so there is one session at a time.
///
/// The interpreter is isolated from the environment and from the user's packages, hashes with a fixed seed, writes no
/// byte code, and leaves signals alone. Unseeded random numbers come from the stream `python` of `seed`.
///
/// Calls may come from any stack and any thread, one at a time: each takes the interpreter's lock.
class PythonSession {
 public:
  explicit PythonSession(std::uint64_t seed);
  ~PythonSession();
  PythonSession(const PythonSession&) = delete;
  PythonSession& operator=(const PythonSession&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace idlewatt
