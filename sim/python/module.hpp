// The module `idlewatt` that policies in Python import: views, decisions, and time.
#pragma once

#include <pybind11/pybind11.h>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {

/// An object of ours that Python may read for a while. A later access throws an error that says so.
template <class Thing>
struct Lent {
  Thing* thing = nullptr;

  Thing& get() const {
    if (thing == nullptr) {
      throw pybind11::value_error(
          "this may be read only during the call that it was handed to; keep its values instead");
    }
    return *thing;
  }
};

/// Lends an object to Python, and takes it back in the destructor.
template <class Thing>
class Loan {
 public:
  explicit Loan(Thing& thing) : object_(pybind11::cast(Lent<Thing>{&thing})) {}
  ~Loan() {
    if (Py_IsInitialized() == 0) {
      object_.release();  // the interpreter has gone, and all its objects with it
      return;
    }
    const pybind11::gil_scoped_acquire lock;
    object_.template cast<Lent<Thing>&>().thing = nullptr;
    object_ = pybind11::object();
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  const pybind11::object& object() const { return object_; }

 private:
  pybind11::object object_;
};

void bind_views(pybind11::module_& module);
void bind_decisions(pybind11::module_& module);

}  // namespace idlewatt
