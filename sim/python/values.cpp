#include "python/values.hpp"

#include <cmath>
#include <cstring>
#include <fmt/core.h>
#include <iostream>
#include <pybind11/eval.h>

namespace idlewatt {
namespace {

namespace py = pybind11;

std::string one_line(std::string text) {
  constexpr std::size_t longest = 300;
  text = text.substr(0, text.find('\n'));
  return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

/// `str` or `repr` of something whose code may raise.
std::string text_of(py::handle value, PyObject* (*make)(PyObject*)) {
  const auto text = py::reinterpret_steal<py::object>(make(value.ptr()));
  const char* bytes = text ? PyUnicode_AsUTF8(text.ptr()) : nullptr;
  if (bytes == nullptr) {
    PyErr_Clear();
    return "";
  }
  return bytes;
}

}  // namespace

std::string shown(py::handle value) {
  return fmt::format("`{}` ({})", one_line(text_of(value, PyObject_Repr)), Py_TYPE(value.ptr())->tp_name);
}

std::int64_t whole(py::handle value, const std::string& name, std::int64_t low, std::int64_t high) {
  if (PyIndex_Check(value.ptr()) == 0 || PyBool_Check(value.ptr())) {
    throw py::type_error(fmt::format("{} is {}; expected an int", name, shown(value)));
  }
  const auto number = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!number) {
    throw py::error_already_set();
  }
  int overflow = 0;
  const long long taken = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0 || taken < low || taken > high) {
    throw py::value_error(fmt::format("{} is {}; expected {} to {}", name, shown(value), low, high));
  }
  return taken;
}

bool truth(py::handle value, const std::string& name) {
  if (PyBool_Check(value.ptr())) {
    return value.ptr() == Py_True;
  }
  if (std::strncmp(Py_TYPE(value.ptr())->tp_name, "numpy.bool", 10) == 0) {
    return PyObject_IsTrue(value.ptr()) == 1;
  }
  throw py::type_error(fmt::format("{} is {}; expected True or False", name, shown(value)));
}

double finite(py::handle value, const std::string& name) {
  if ((PyFloat_Check(value.ptr()) == 0 && PyIndex_Check(value.ptr()) == 0) || PyBool_Check(value.ptr())) {
    throw py::type_error(fmt::format("{} is {}; expected a number", name, shown(value)));
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (PyErr_Occurred() != nullptr) {
    throw py::error_already_set();
  }
  if (!std::isfinite(number)) {
    throw py::value_error(fmt::format("{} is {}; expected a finite number", name, shown(value)));
  }
  return number;
}

std::string told_shortly(const py::error_already_set& error) {
  const std::string type = reinterpret_cast<PyTypeObject*>(error.type().ptr())->tp_name;
  const std::string text = error.value() ? one_line(text_of(error.value(), PyObject_Str)) : "";
  return text.empty() ? type : type + ": " + text;
}

std::string told(const py::error_already_set& error) {
  const std::string line = told_shortly(error);
  try {
    const py::object trace = error.trace() ? py::object(error.trace()) : py::object(py::none());
    const py::object lines =
        py::module_::import("traceback").attr("format_exception")(error.type(), error.value(), trace);
    std::cerr << py::str("").attr("join")(lines).cast<std::string>() << std::flush;
  } catch (const py::error_already_set&) {
    std::cerr << line << "\n";  // a traceback that cannot be made
  }
  return line;
}

}  // namespace idlewatt
