// The requests' shares of a pool's step energy, summed by tenant.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/energy.hpp"

namespace idlewatt {

/// The energy that one tenant's requests were charged for the steps they were in (Finished::energy).
struct TenantShare {
  std::int32_t tenant = 0;
  std::int64_t served = 0;  ///< requests that got their whole answer; the energy is that of all requests
  Energy prefill;
  Energy decode;
};

class TenantShares {
 public:
  void add(std::int32_t tenant, Energy prefill, Energy decode, bool served) {
    TenantShare& share = of(tenant);
    share.served += served ? 1 : 0;
    share.prefill += prefill;
    share.decode += decode;
  }

  /// The shares in ascending order of tenants.
  std::vector<TenantShare> sorted() const {
    std::vector<TenantShare> result = shares_;
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.tenant < b.tenant; });
    return result;
  }

 private:
  TenantShare& of(std::int32_t tenant) {
    // Requests of one tenant often follow one another.
    if (last_ < shares_.size() && shares_[last_].tenant == tenant) {
      return shares_[last_];
    }
    const auto [place, is_new] = places_.try_emplace(tenant, shares_.size());
    if (is_new) {
      shares_.push_back({.tenant = tenant, .served = 0, .prefill = {}, .decode = {}});
    }
    last_ = place->second;
    return shares_[last_];
  }

  std::vector<TenantShare> shares_;  ///< in the order in which tenants came
  std::unordered_map<std::int32_t, std::size_t> places_;
  std::size_t last_ = 0;
};

}  // namespace idlewatt
