// Prefix cache `none`: every prompt is computed in full.
#include "policy/prefix/prefix.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class NoPrefixCache final : public PrefixPolicy {
 public:
  bool keeps_blocks() const override { return false; }
  PrefixContent content(const Request&) const override { return {}; }
};

}  // namespace

PrefixDeclaration declare_no_prefix_cache() {
  return {{"none", "every prompt is computed in full", {}},
          [](const Parameters&) { return std::make_unique<NoPrefixCache>(); }};
}

}  // namespace idlewatt
