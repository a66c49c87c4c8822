#include "python/python_object.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <pybind11/eval.h>
#include <sstream>

namespace idlewatt {
namespace {

namespace py = pybind11;

std::string listed_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "`" : ", `") + name + "`";
  }
  return text;
}

/// The file's code, run in a module that no other object shares.
py::module_ run_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw PolicyError(fmt::format("`{}` cannot be read", path));
  }
  py::object code;
  try {
    code = py::module_::import("builtins").attr("compile")(py::bytes(text.str()), path, "exec");
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_SyntaxError) && !error.matches(PyExc_ValueError)) {
      throw;
    }
    throw PolicyError(fmt::format("`{}` is no Python: {}", path, told_shortly(error)));
  }
  const py::dict modules = py::module_::import("sys").attr("modules");
  std::string name;
  for (int number = 1; name.empty() || modules.contains(name.c_str()); ++number) {
    name = fmt::format("policy_{}", number);
  }
  auto module = py::reinterpret_steal<py::module_>(PyModule_New(name.c_str()));
  modules[name.c_str()] = module;  // where dataclasses look for it
  module.attr("__file__") = path;
  const py::dict names = module.attr("__dict__");
  names["__builtins__"] = py::module_::import("builtins");
  const auto done = py::reinterpret_steal<py::object>(PyEval_EvalCode(code.ptr(), names.ptr(), names.ptr()));
  if (!done) {
    throw py::error_already_set();
  }
  return module;
}

std::vector<std::string> classes_in(const py::module_& module) {
  std::vector<std::string> names;
  for (const auto& [name, value] : py::dict(module.attr("__dict__"))) {
    if (PyType_Check(value.ptr()) && value.attr("__module__").equal(module.attr("__name__"))) {
      names.push_back(name.cast<std::string>());
    }
  }
  return names;
}

py::object class_of(const py::module_& module, const PythonChoice& choice, const std::vector<std::string>& required,
                    const std::string& who) {
  const py::dict names = module.attr("__dict__");
  if (!names.contains(choice.class_name.c_str()) || !PyType_Check(py::object(names[choice.class_name.c_str()]).ptr())) {
    const std::vector<std::string> classes = classes_in(module);
    throw PolicyError(fmt::format("`{}` has no class `{}`; expected {}", choice.path, choice.class_name,
                                  classes.empty() ? "a file with a class" : "one of " + listed_names(classes)));
  }
  const py::object type = names[choice.class_name.c_str()];
  for (const std::string& method : required) {
    if (!py::hasattr(type, method.c_str()) || PyCallable_Check(type.attr(method.c_str()).ptr()) == 0) {
      throw PolicyError(fmt::format("{} has no method `{}`; expected {}", who, method, listed_names(required)));
    }
  }
  return type;
}

py::dict keywords_of(const PythonChoice& choice) {
  const py::object literal = py::module_::import("ast").attr("literal_eval");
  py::dict keywords;
  for (const auto& [name, value] : choice.keywords) {
    keywords[py::str(name)] = literal(value);
  }
  return keywords;
}

/// Says which parameters do not fit before the constructor is called.
void check_keywords(const py::object& type, const py::dict& keywords, const PythonChoice& choice,
                    const std::string& who) {
  py::object signature;
  try {
    signature = py::module_::import("inspect").attr("signature")(type);
  } catch (const py::error_already_set&) {
    return;  // not one that Python can tell
  }
  try {
    signature.attr("bind")(**keywords);
  } catch (const py::error_already_set& error) {
    throw PolicyError(fmt::format("{} does not take these parameters: {}; expected {}{}", who,
                                  std::string(py::str(error.value())), choice.class_name,
                                  std::string(py::str(signature))));
  }
}

}  // namespace

PythonObject::PythonObject(const PythonChoice& choice, const std::vector<std::string>& required)
    : who_(fmt::format("class `{}` of `{}`", choice.class_name, choice.path)) {
  if (Py_IsInitialized() == 0) {
    throw Error(who_ + " is wanted while no interpreter of Python runs");
  }
  const py::gil_scoped_acquire lock;
  try {
    py::module_ module;
    try {
      module = run_file(choice.path);
    } catch (const py::error_already_set& error) {
      throw PolicyError(fmt::format("`{}` raised {}", choice.path, told(error)));
    }
    const py::object type = class_of(module, choice, required, who_);
    const py::dict keywords = keywords_of(choice);
    check_keywords(type, keywords, choice, who_);
    object_ = type(**keywords);
  } catch (const py::error_already_set& error) {
    throw PolicyError(who_ + ": __init__() raised " + told(error));
  }
}

PythonObject::~PythonObject() {
  if (Py_IsInitialized() == 0) {
    object_.release();  // the interpreter has gone, and all its objects with it
    return;
  }
  const py::gil_scoped_acquire lock;
  object_ = py::object();
}

bool PythonObject::has(const char* method) const {
  const py::gil_scoped_acquire lock;
  return py::hasattr(object_, method);
}

}  // namespace idlewatt
