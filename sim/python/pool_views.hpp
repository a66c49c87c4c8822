// The views of pools as Python sees them. They are copies, except for the estimator, which is lent.
#pragma once

#include <pybind11/pybind11.h>

#include "policy/service_estimate.hpp"

namespace idlewatt {

struct AdmissionViewInPython {
  PoolLoad load;
  pybind11::object service;
};

struct PoolViewInPython {
  std::int32_t number = 0;
  PoolLoad load;
  pybind11::object service;
  double capacity_rps = 0.0;
};

}  // namespace idlewatt
