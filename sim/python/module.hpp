// The module `idlewatt` that policies in Python import: views, decisions, and time.
#pragma once

#include <map>
#include <optional>
#include <pybind11/pybind11.h>
#include <utility>

#include "base/error.hpp"
#include "policy/service_estimate.hpp"

namespace idlewatt {

/// Throws the error of what is read too late unless `now`.
inline void may_be_read(bool now) {
  if (!now) {
    throw pybind11::value_error("this may be read only during the call that it was handed to; keep its values instead");
  }
}

/// An object of ours that Python may read for a while. A later access throws an error that says so.
template <class Thing>
struct Lent {
  Thing* thing = nullptr;

  Thing& get() const {
    may_be_read(thing != nullptr);
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

/// Lends objects that stay from call to call, and takes them back with the policy.
template <class Thing>
class Lender {
 public:
  const pybind11::object& lend(Thing& thing) {
    std::optional<Loan<Thing>>& loan = loans_[&thing];
    if (!loan) {
      loan.emplace(thing);
    }
    return loan->object();
  }

 private:
  std::map<Thing*, std::optional<Loan<Thing>>> loans_;
};

using ServiceLender = Lender<const ServiceEstimator>;

/// A view with pointers, as Python sees it: a copy. The pointers may be followed only during the call.
template <class View>
struct CallView {
  View view;
  ServiceLender* services = nullptr;  ///< null after the call, and for views without estimators
  bool in_call = true;
};

/// Shows a view with pointers to Python until the destructor ends the call.
template <class View>
class Showing {
 public:
  explicit Showing(const View& view, ServiceLender* services = nullptr)
      : object_(pybind11::cast(CallView<View>{view, services})) {}
  ~Showing() {
    if (object_) {
      const pybind11::gil_scoped_acquire lock;
      auto& shown = object_.template cast<CallView<View>&>();
      shown.in_call = false;
      shown.services = nullptr;
      object_ = pybind11::object();
    }
  }
  Showing(const Showing&) = delete;
  Showing& operator=(const Showing&) = delete;
  Showing(Showing&& other) noexcept = default;
  Showing& operator=(Showing&&) = delete;

  const pybind11::object& object() const { return object_; }

 private:
  pybind11::object object_;
};

/// Makes the classes of everything that policies see, from the lists of the families (policy/view_fields.hpp).
void bind_views(pybind11::module_& module);
void bind_decisions(pybind11::module_& module);

}  // namespace idlewatt
