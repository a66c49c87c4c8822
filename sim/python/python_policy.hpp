// Policies written in Python: a class in a file that a scenario names, run by an interpreter inside the program.
// policy/README.md has the guide. Nothing here needs Python's headers; absent.cpp stands in for a build without them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/plugin.hpp"

namespace idlewatt {

/// The families that take a class of Python. The others are asked at every step or every token's block: too often.
enum class PythonFamily : std::uint8_t { autoscaling, idle, admission, routing, pool_routing, power };

/// A class, and what its constructor gets.
struct PythonChoice {
  PythonFamily family = PythonFamily::autoscaling;
  std::string path;
  std::string class_name;
  /// Keyword arguments: name, and value as a literal of Python.
  std::vector<std::pair<std::string, std::string>> keywords;
};

/// "3.11.2", of the interpreter that is built in; empty when there is none.
std::string python_version();

/// The class as a plug-in of one policy, whose name is the class's. The file is run, the class looked at and made once,
/// in a process of its own: this one stays without an interpreter, and forks as it likes. Throws Error: one line that
/// names file and class. What a policy made of it raises is an InputError; the traceback goes to standard error.
std::shared_ptr<const Plugin> load_python_policy(const PythonChoice& choice);

/// The interpreter, while it lives: whoever runs a simulation with such policies owns one, and policies are made and
/// asked only meanwhile. CPython has one interpreter a process, so there is one session at a time.
///
/// It is isolated from the environment and the user's packages, hashes with a fixed seed, writes no byte code, leaves
/// signals alone, and has every random number that nobody seeded from the stream `python` of `seed`.
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
