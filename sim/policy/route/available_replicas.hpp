// The replicas that take requests, held so that one can be drawn in constant time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "base/random.hpp"

namespace idlewatt {

class AvailableReplicas {
 public:
  void resize(std::int32_t replicas) { place_.resize(static_cast<std::size_t>(replicas), kAbsent); }

  void set(ReplicaId replica, bool available) {
    std::size_t& place = place_[replica];
    if (available && place == kAbsent) {
      place = members_.size();
      members_.push_back(replica);
    } else if (!available && place != kAbsent) {
      // The last one takes the place that becomes free.
      members_[place] = members_.back();
      place_[members_.back()] = place;
      members_.pop_back();
      place = kAbsent;
    }
  }

  std::size_t size() const { return members_.size(); }
  ReplicaId operator[](std::size_t i) const { return members_[i]; }

  /// A uniformly drawn number below size(). Requires size() > 0.
  std::size_t draw(RandomStream& random) const { return draw_below(members_.size(), random); }
  static std::size_t draw_below(std::size_t limit, RandomStream& random) {
    return static_cast<std::size_t>(random.uniform() * static_cast<double>(limit));
  }

 private:
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

  std::vector<ReplicaId> members_;
  IndexedVector<ReplicaId, std::size_t> place_;  ///< in members_
};

}  // namespace idlewatt
