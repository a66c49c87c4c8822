// Prefix cache `lru`: vLLM's automatic prefix caching. Full blocks of prompts stay until memory is wanted, the least
// recently used go first. Keys are the trace's (Request.prefix_blocks), each of a block together with all before it;
// where its blocks are larger than a KV block, their parts are told apart by place. The trace says how large they are. Of a trace that knows sessions and
// no blocks it may be assumed that each turn's prompt begins with the prompt of the turn before. Answers have no keys
// in any trace: the next turn computes them again, as vLLM would not.
#include <algorithm>

#include "base/error.hpp"
#include "base/splitmix64.hpp"
#include "physics/memory_plan.hpp"
#include "policy/prefix/prefix.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Lru final : public PrefixPolicy {
 public:
  Lru(std::int64_t block_tokens, bool sessions) : block_tokens_(block_tokens), sessions_(sessions) {}

  bool keeps_blocks() const override { return true; }
  std::int64_t known_blocks(const Request& request) const override {
    const std::int64_t full = request.prompt_tokens / kKvBlockTokens;
    if (by_session(request)) {
      return full;
    }
    if (block_tokens_ != 0 && block_tokens_ != request.block_tokens && !request.prefix_blocks.empty()) {
      throw InputError("`prefix_cache`: `block_tokens` is " + std::to_string(block_tokens_) +
                       ", but the trace's hashes are of blocks of " + std::to_string(request.block_tokens) +
                       " tokens (expected no `block_tokens`, or what the trace says)");
    }
    const auto hashed = static_cast<std::int64_t>(request.prefix_blocks.size()) * request.block_tokens;
    return std::min(full, hashed / kKvBlockTokens);
  }
  std::uint64_t key(const Request& request, std::int64_t index) const override {
    const auto place = static_cast<std::uint64_t>(index);
    if (by_session(request)) {
      return mixed(mixed(request.session) + place);
    }
    const std::int64_t last_token = (index + 1) * kKvBlockTokens - 1;
    const std::uint64_t hash = request.prefix_blocks[static_cast<std::size_t>(last_token / request.block_tokens)];
    return request.block_tokens == kKvBlockTokens ? hash : mixed(mixed(hash) + place);
  }

 private:
  bool by_session(const Request& request) const {
    return sessions_ && request.prefix_blocks.empty() && request.session != 0;
  }

  std::int64_t block_tokens_;  ///< 0: as the trace says
  bool sessions_;
};

}  // namespace

PrefixDeclaration declare_lru_prefix_cache() {
  return {
      {"lru",
       "full KV blocks of prompts are kept and shared until memory is wanted, least recently used first (vLLM: "
       "enable_prefix_caching)",
       {{"block_tokens", Dimension::count, 0, 0, 65536,
         "tokens in a block of the trace's hashes, as a check; 0: as the trace says"},
        {"sessions",
         Dimension::number,
         0,
         0,
         1,
         "of requests with a session and no block hashes: `ignored`, or `continued`: each prompt of a session begins "
         "with the one before",
         {"ignored", "continued"}}}},
      [](const Parameters& p) { return std::make_unique<Lru>(p.get_int("block_tokens"), p.get_int("sessions") == 1); }};
}

}  // namespace idlewatt
