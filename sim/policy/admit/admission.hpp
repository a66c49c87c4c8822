// Admission: which requests a pool lets in. What it turns away is rejected at once, before it is routed.
#pragma once

#include "policy/declaration.hpp"
#include "policy/request_view.hpp"
#include "policy/service_estimate.hpp"

namespace idlewatt {

/// The pool as the request finds it.
struct AdmissionView {
  PoolLoad load;
  const ServiceEstimator* service = nullptr;  ///< never null
};

class AdmissionPolicy {
 public:
  virtual ~AdmissionPolicy() = default;
  /// Called once for every attempt that comes to the pool, in order of time.
  virtual bool admit(const RequestView& request, const AdmissionView& pool) = 0;
};

using AdmissionDeclaration = Declaration<AdmissionPolicy>;

}  // namespace idlewatt
