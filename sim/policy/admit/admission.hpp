// Admission: decides which requests a pool lets in. A refused request is rejected at once, before it is routed.
#pragma once

#include "policy/declaration.hpp"
#include "policy/request_view.hpp"
#include "policy/service_estimate.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// The state of the pool when a request arrives.
struct AdmissionView {
  PoolLoad load;
  const ServiceEstimator* service = nullptr;  ///< never null
};

template <>
struct FieldsOf<AdmissionView> : ShownFields<&AdmissionView::load, &AdmissionView::service> {};

/// Decides which requests a pool lets in.
class AdmissionPolicy {
 public:
  virtual ~AdmissionPolicy() = default;
  /// Returns whether the pool lets the request in. Called once for every attempt that comes to the pool, in order of
  /// time.
  virtual bool admit(const RequestView& request, const AdmissionView& pool) = 0;
};

using AdmissionDeclaration = Declaration<AdmissionPolicy>;

}  // namespace idlewatt
