// An object of a policy's class. An error in a method becomes one line with file, class and method.
#pragma once

#include <pybind11/pybind11.h>
#include <string>
#include <vector>

#include "policy/plugin_guard.hpp"
#include "python/python_policy.hpp"
#include "python/values.hpp"

namespace idlewatt {

/// An object of a policy's Python class.
class PythonObject {
 public:
  /// Runs the file in a module of its own and makes an object of the class, which must have the methods `required`.
  /// Requires a PythonSession. Throws PolicyError.
  PythonObject(const PythonChoice& choice, const std::vector<std::string>& required);
  ~PythonObject();
  PythonObject(const PythonObject&) = delete;
  PythonObject& operator=(const PythonObject&) = delete;

  bool has(const char* method) const;

  /// Calls the method and returns `take(answer)`. `arguments()` is called while the interpreter's lock is held. Throws
  /// PolicyError.
  template <class Arguments, class Take>
  auto call(const char* method, Arguments arguments, Take take) const {
    namespace py = pybind11;
    const py::gil_scoped_acquire lock;
    try {
      const py::object answer = object_.attr(method)(*arguments());
      try {
        return take(answer);
      } catch (const py::builtin_exception& wrong) {
        throw PolicyError(who_ + ": " + method + "() answers wrongly: " + wrong.what());
      }
    } catch (const py::error_already_set& error) {
      throw PolicyError(who_ + ": " + method + "() raised " + told(error));
    } catch (const py::cast_error& error) {
      throw PolicyError(who_ + ": " + method + "(): " + error.what());
    }
  }

 private:
  std::string who_;
  pybind11::object object_;
};

/// The decision in an answer. Throws pybind11's type_error when the answer is no object of `Decision`.
template <class Decision>
Decision decision_of(const pybind11::object& answer, const char* type) {
  if (!pybind11::isinstance<Decision>(answer)) {
    throw pybind11::type_error("it is " + shown(answer) + "; expected an idlewatt." + type);
  }
  return answer.cast<Decision>();
}

}  // namespace idlewatt
