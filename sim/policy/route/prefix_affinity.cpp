// Routing `prefix-affinity`: requests that begin alike, or belong to one conversation, go to the same replica, whose KV
// blocks they can reuse, unless that one has more than its share of the load.
//
// Consistent hashing with bounded loads: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded
// Loads", SODA 2018 (arXiv 1608.01350). Replicas stand on a ring at the hashes of their numbers; a request goes to the
// first replica from the hash of its prefix on whose load is below ceil(load_factor x (m + 1) / n), where m requests
// are outstanding on the n available replicas. So no replica has more than load_factor times the mean, and a replica
// that comes or goes moves few prefixes. Served so by KubeAI (its PrefixHash strategy), whose mean load factor of 125 %
// is the default here.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "base/min_tree.hpp"
#include "policy/route/route.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

/// The finaliser of SplitMix64: every bit of the result depends on every bit of `x`.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

class PrefixAffinity final : public RoutePolicy {
 public:
  explicit PrefixAffinity(const Parameters& parameters)
      : by_session_(parameters.get_int("by") == 1),
        tokens_(parameters.get_int("blocks") * kPrefixBlockTokens),
        load_factor_(parameters.get("load_factor")) {}

  void resize(std::int32_t replicas) override {
    loads_.resize(static_cast<std::size_t>(replicas));
    ring_.clear();  // built anew when it is next needed: a pool grows replica by replica
  }

  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    ReplicaLoad& known = loads_[replica];
    total_ += (load.available ? load.outstanding : 0) - (known.available ? known.outstanding : 0);
    available_ += (load.available ? 1 : 0) - (known.available ? 1 : 0);
    known = load;
    if (!ring_.empty()) {
      by_place_.update(place_[replica], key_of(load));
    }
  }

  std::optional<ReplicaId> route(const RequestView& request, RandomStream&) override {
    if (available_ == 0) {
      return std::nullopt;
    }
    if (ring_.empty()) {
      build_ring();
    }
    const std::uint64_t key = key_of(request);
    if (key == 0) {
      return ring_[by_place_.top()].second;  // nothing to reuse: the least loaded
    }
    const auto from = std::lower_bound(ring_.begin(), ring_.end(), std::pair{key, ReplicaId(0)});
    const double share = load_factor_ * static_cast<double>(total_ + 1) / static_cast<double>(available_);
    const auto bound = static_cast<std::int64_t>(std::ceil(share));
    std::size_t place = by_place_.first_below(static_cast<std::size_t>(from - ring_.begin()), bound);
    if (place == ring_.size()) {
      place = by_place_.first_below(0, bound);  // round the ring; the least loaded is always below the bound
    }
    return ring_[place].second;
  }

 private:
  void build_ring() {
    for (const ReplicaId replica : loads_.ids()) {
      ring_.push_back({mixed(replica.index() + 1), replica});
    }
    std::sort(ring_.begin(), ring_.end());
    place_.resize(ring_.size());
    by_place_ = MinTree<std::int64_t>(ring_.size(), kUnavailable);
    for (std::size_t i = 0; i < ring_.size(); ++i) {
      const ReplicaId replica = ring_[i].second;
      place_[replica] = i;
      by_place_.update(i, key_of(loads_[replica]));
    }
  }

  static std::int64_t key_of(const ReplicaLoad& load) { return load.available ? load.outstanding : kUnavailable; }

  /// 0: the request says nothing that others could share.
  std::uint64_t key_of(const RequestView& request) const {
    const std::uint64_t prefix = prefix_of(request);
    const std::uint64_t session = request.session() == 0 ? 0 : mixed(request.session());
    const bool session_first = by_session_ || prefix == 0;
    return session_first && session != 0 ? session : prefix;
  }

  std::uint64_t prefix_of(const RequestView& request) const {
    const std::vector<std::uint64_t>& hashes = request.prefix_blocks();
    std::uint64_t key = 0;
    const auto wanted = static_cast<std::size_t>((tokens_ + request.block_tokens() - 1) / request.block_tokens());
    for (std::size_t i = 0; i < std::min(wanted, hashes.size()); ++i) {
      key = mixed(key + 0x9e3779b97f4a7c15U + hashes[i]);
    }
    return key;
  }

  static constexpr std::int64_t kUnavailable = std::numeric_limits<std::int64_t>::max();

  bool by_session_;
  std::int64_t tokens_;  ///< at the head of a prompt that count as its prefix
  double load_factor_;
  std::vector<std::pair<std::uint64_t, ReplicaId>> ring_;  ///< by hash, ascending
  IndexedVector<ReplicaId, std::size_t> place_;            ///< on the ring
  IndexedVector<ReplicaId, ReplicaLoad> loads_;
  MinTree<std::int64_t> by_place_;  ///< outstanding requests of available replicas, in the ring's order
  std::int64_t total_ = 0;
  std::int64_t available_ = 0;
};

}  // namespace

RouteDeclaration declare_prefix_affinity() {
  return {{"prefix-affinity",
           "the same replica for prompts that begin alike: consistent hashing with bounded loads",
           {{.name = "by",
             .default_value = 0,
             .help = "prefix: the prompt's leading blocks, else the session; session: the other way round; requests "
                     "with neither go to the replica with the fewest",
             .choices = {"prefix", "session"}},
            {.name = "blocks",
             .dimension = Dimension::count,
             .default_value = 16,
             .minimum = 1,
             .maximum = 1e6,
             .help = "leading KV blocks of 16 tokens that count as the prefix; of a trace with larger blocks, as many "
                     "whole ones as hold that many tokens"},
            {.name = "load_factor",
             .dimension = Dimension::number,
             .default_value = 1.25,
             .minimum = 1.0,
             .maximum = 1e6,
             .help = "most requests of a replica, in means of all available ones"}}},
          [](const Parameters& parameters) { return std::make_unique<PrefixAffinity>(parameters); }};
}

}  // namespace idlewatt
