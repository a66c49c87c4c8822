#include "scenario/pool/read_roles.hpp"

#include <algorithm>
#include <string>

#include "scenario/pool/read_pool.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

const Place& place_of(const YamlNode& pool, const char* key) {
  const YamlNode* found = pool.find(key);
  return found == nullptr ? pool.place : found->place;
}

PoolRole read_role(const YamlNode& node) {
  const std::string word = Section(node, "a pool", pool_keys()).word("role");
  return word == "prefill" ? PoolRole::prefill : word == "decode" ? PoolRole::decode : PoolRole::both;
}

/// What makes no sense in a pool that does a part of its requests.
void check_part(const YamlNode& node, const Pool& pool) {
  const std::string what = "pool `" + pool.name + "` with `role: " + node.find("role")->scalar + "`";
  if (pool.speculation) {
    fail(place_of(node, "speculative"), what +
                                            " cannot draft tokens: the draft model's KV cache would have to travel, "
                                            "too; expected no `speculative`");
  }
  if (pool.batching.name == "window") {
    fail(place_of(node, "batching"), what +
                                         " cannot batch in `window`: a batch stays together to its longest answer; "
                                         "expected `continuous` or `none`");
  }
  if (pool.role != PoolRole::decode) {
    return;
  }
  if (pool.prefix_cache.name != "none") {
    fail(place_of(node, "prefix_cache"), what + " computes no prompts; expected `prefix_cache` in its prefill pool");
  }
  if (pool.admission.name != "always") {
    fail(place_of(node, "admission"),
         what + " turns nobody away whose prompt is computed; expected `admission` in its prefill pool");
  }
}

void read_decode_pool(const YamlNode& node, const Pools& pools, Pool& pool) {
  std::vector<std::string> candidates;
  for (const Pool& other : pools) {
    if (other.role == PoolRole::decode) {
      candidates.push_back(other.name);
    }
  }
  const YamlNode* decode = node.find("decode");
  if (decode == nullptr || candidates.empty()) {
    fail(place_of(node, decode == nullptr ? "role" : "decode"),
         "pool `" + pool.name + "` with `role: prefill` " +
             (candidates.empty()
                  ? "has nowhere to send its requests; expected another pool with `role: decode`"
                  : "does not say where its requests go on; expected `decode:` out of " + list_text(candidates)));
  }
  const std::string name = read_name(*decode, "decode pool", candidates);
  const auto found = std::find_if(pools.begin(), pools.end(), [&](const Pool& other) { return other.name == name; });
  pool.decode_pool = PoolId(found - pools.begin());
  if (found->model != pool.model) {
    fail(decode->place, "pool `" + name + "` serves `" + found->model + "`, and `" + pool.name +
                            "` computes prompts of `" + pool.model + "`; expected the same model");
  }
  if (is_eight_bit(found->kv_format) != is_eight_bit(pool.kv_format) ||
      (is_eight_bit(pool.kv_format) && found->kv_format != pool.kv_format)) {
    fail(decode->place, "pool `" + name + "` keeps keys and values in `" + to_string(found->kv_format) + "`, and `" +
                            pool.name + "` hands over `" + to_string(pool.kv_format) +
                            "`; expected the same `kv_cache_dtype`");
  }
  const bool layer_wise = Section(node, "a pool", pool_keys()).word("kv_transfer") == "layer-wise";
  pool.kv_transfer = layer_wise ? KvTransfer::layer_wise : KvTransfer::after_prompt;
}

/// Where the pool stands: those that a `count` makes share a node.
const YamlNode& node_of(const YamlNode& pools_node, const Pool& pool) {
  return *pools_node.find(pool.group.empty() ? pool.name : pool.group);
}

}  // namespace

void read_roles(const YamlNode& pools_node, Pools& pools, Problems& problems) {
  const std::size_t before = problems.size();
  for (Pool& pool : pools) {
    const YamlNode& node = node_of(pools_node, pool);
    problems.note_in(node, [&] {
      pool.role = read_role(node);
      if (pool.role != PoolRole::both && !pool.group.empty()) {
        fail(place_of(node, "role"),
             "pool `" + pool.group + "` has a `count`, so it can have no role; expected `both`");
      }
    });
  }
  for (Pool& pool : pools) {
    const YamlNode& node = node_of(pools_node, pool);
    problems.note_in(node, [&] {
      if (pool.role == PoolRole::prefill) {
        read_decode_pool(node, pools, pool);
      }
      for (const char* key : {"decode", "kv_transfer"}) {
        if (pool.role != PoolRole::prefill && node.find(key) != nullptr) {
          fail(place_of(node, key), "`" + std::string(key) + "` of pool `" + pool.name +
                                        "` says how a prefill pool hands over; expected `role: prefill` beside it");
        }
      }
      if (pool.role != PoolRole::both) {
        check_part(node, pool);
      }
    });
  }
  if (problems.size() > before) {
    return;  // a pool that nobody hands over to may be a consequence
  }
  for (const PoolId id : pools.ids()) {
    const std::string& name = pools[id].name;
    const bool fed = std::any_of(pools.begin(), pools.end(), [id](const Pool& pool) { return pool.decode_pool == id; });
    if (pools[id].role == PoolRole::decode && !fed) {
      const YamlNode& node = *pools_node.find(name);
      problems.note_in(node, [&] {
        fail(place_of(node, "role"), "nobody hands requests over to pool `" + name +
                                         "`; expected a pool with `role: prefill` and `decode: " + name + "`");
      });
    }
  }
}

void check_roles_stay(const YamlNode& pools_node, const Pools& pools, Problems& problems) {
  for (const Pool& pool : pools) {
    if (pool.role != PoolRole::both && !pool.pinned && pool.parallel.groups() == 1) {
      const YamlNode& node = *pools_node.find(pool.name);
      problems.note_in(node, [&] {
        fail(place_of(node, "role"), "pool `" + pool.name +
                                         "` has a role, so it cannot make room for others; with `swapping`, expected "
                                         "`pinned: true` beside it");
      });
    }
  }
}

}  // namespace idlewatt
