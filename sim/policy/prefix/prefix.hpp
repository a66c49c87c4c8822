// Prefix cache: which blocks of a prompt a replica can know again from earlier requests.
#pragma once

#include <cstdint>

#include "policy/declaration.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// A prompt's leading KV blocks have keys: equal keys at any two requests mean the same tokens up to the end of the
/// block. What a replica does with them is the rule of engine/replica.hpp.
class PrefixPolicy {
 public:
  virtual ~PrefixPolicy() = default;
  /// False: no block is ever kept, and the others are not asked.
  virtual bool keeps_blocks() const = 0;
  /// How many leading blocks of the prompt have keys: full ones, from the first.
  virtual std::int64_t known_blocks(const Request& request) const = 0;
  /// The key of block `index`, below known_blocks().
  virtual std::uint64_t key(const Request& request, std::int64_t index) const = 0;
};

using PrefixDeclaration = Declaration<PrefixPolicy>;

}  // namespace idlewatt
