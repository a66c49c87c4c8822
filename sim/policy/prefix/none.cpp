// Prefix cache `none`: every prompt is computed in full.
#include "policy/prefix/prefix.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoPrefixCache final : public PrefixPolicy {
 public:
  bool keeps_blocks() const override { return false; }
  std::int64_t known_blocks(const Request&) const override { return 0; }
  std::uint64_t key(const Request&, std::int64_t) const override { return 0; }
};

}  // namespace

PrefixDeclaration declare_no_prefix_cache() {
  return {{"none", "every prompt is computed in full", {}},
          [](const Parameters&) { return std::make_unique<NoPrefixCache>(); }};
}

}  // namespace idlewatt
