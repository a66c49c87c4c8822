// Prefix cache `lru`: vLLM's automatic prefix caching. Full blocks of prompts stay until memory is wanted, the least
// recently used go first. Keys are the trace's (Query.prefix_blocks). Of a trace that knows sessions and no blocks it may
// be assumed that each turn's prompt begins with the prompt of the turn before.
#include <algorithm>

#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/table.hpp"
#include "workload/mix.hpp"

namespace idlewatt {
namespace {

class Lru final : public PrefixPolicy {
 public:
  explicit Lru(bool sessions) : sessions_(sessions) {}

  bool keeps_blocks() const override { return true; }
  std::int64_t known_blocks(const Query& query) const override {
    const std::int64_t full = query.prompt_tokens / kKvBlockTokens;
    if (by_session(query)) {
      return full;
    }
    return std::min(full, static_cast<std::int64_t>(query.prefix_blocks.size()));
  }
  std::uint64_t key(const Query& query, std::int64_t index) const override {
    return by_session(query) ? mixed(mixed(query.session) + static_cast<std::uint64_t>(index))
                             : query.prefix_blocks[static_cast<std::size_t>(index)];
  }

 private:
  bool by_session(const Query& query) const {
    return sessions_ && query.prefix_blocks.empty() && query.session != 0;
  }

  bool sessions_;
};

}  // namespace

PrefixDeclaration declare_lru_prefix_cache() {
  return {{"lru",
           "full KV blocks of prompts are kept and shared until memory is wanted, least recently used first (vLLM: "
           "enable_prefix_caching)",
           {{"sessions", Dimension::number, 0, 0, 1,
             "of queries with a session and no block hashes: `ignored`, or `continued`: each prompt of a session begins "
             "with the one before",
             {"ignored", "continued"}}}},
          [](const Parameters& p) { return std::make_unique<Lru>(p.get_int("sessions") == 1); }};
}

}  // namespace idlewatt
