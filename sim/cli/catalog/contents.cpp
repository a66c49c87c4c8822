#include "cli/catalog/contents.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/spelling_suggestion.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

using Depth = CatalogContents::Depth;

template <class Map>
std::vector<CatalogEntry> entries_of(const Map& map) {
  std::vector<CatalogEntry> entries;
  for (const auto& [name, entry] : map) {
    entries.push_back({.name = name, .title = entry.title, .accelerator = "", .figures = figures_of(entry)});
  }
  return entries;
}

std::vector<CatalogEntry> servers_of(const Catalog& catalog) {
  std::vector<CatalogEntry> entries = entries_of(catalog.servers);
  for (CatalogEntry& entry : entries) {
    const Server& server = catalog.servers.at(entry.name);
    entry.accelerator = server.accelerator;
    entry.accelerators = server.accelerators;
  }
  return entries;
}

std::vector<CatalogEntry> models_of(const Catalog& catalog) {
  std::vector<CatalogEntry> entries = entries_of(catalog.models);
  for (CatalogEntry& entry : entries) {
    entry.figures.push_back({"kv_cache_per_token", catalog.models.at(entry.name).kv_bytes_per_token(), Dimension::bytes,
                             Status::derived, "the shape: of all layers, in 16 bits"});
  }
  return entries;
}

void keep_only(CatalogContents& contents, const std::string& name) {
  for (CatalogKind& kind : contents.kinds) {
    std::erase_if(kind.entries, [&](const CatalogEntry& entry) { return entry.name != name; });
  }
  std::erase_if(contents.kinds, [](const CatalogKind& kind) { return kind.entries.empty(); });
  for (PolicyFamily& family : contents.families) {
    if (family.name != name) {
      std::erase_if(family.policies, [&](const PolicyInfo& policy) { return policy.name != name; });
    }
  }
  std::erase_if(contents.families, [](const PolicyFamily& family) { return family.policies.empty(); });
  const bool whole_family = !contents.families.empty() && contents.families.front().name == name;
  contents.depth = whole_family ? Depth::list : Depth::entry;
}

/// The entries whose names have the word in them.
void keep_matches(CatalogContents& contents, const std::string& word) {
  for (CatalogKind& kind : contents.kinds) {
    std::erase_if(kind.entries, [&](const CatalogEntry& entry) { return entry.name.find(word) == std::string::npos; });
  }
  std::erase_if(contents.kinds, [](const CatalogKind& kind) { return kind.entries.empty(); });
  contents.families.clear();
  contents.depth = Depth::list;
}

bool is_empty(const CatalogContents& contents) {
  return contents.kinds.empty() && contents.families.empty();
}

std::vector<std::string> names_in(const CatalogContents& contents) {
  std::vector<std::string> names;
  for (const CatalogKind& kind : contents.kinds) {
    for (const CatalogEntry& entry : kind.entries) {
      names.push_back(entry.name);
    }
  }
  for (const PolicyFamily& family : contents.families) {
    names.push_back(family.name);
    for (const PolicyInfo& policy : family.policies) {
      if (std::find(names.begin(), names.end(), policy.name) == names.end()) {
        names.push_back(policy.name);
      }
    }
  }
  return names;
}

std::vector<std::string> kind_names(const CatalogContents& contents) {
  std::vector<std::string> names;
  for (const CatalogKind& kind : contents.kinds) {
    names.push_back(kind.name);
  }
  names.emplace_back(kPolicies);
  return names;
}

[[noreturn]] void unknown(const std::string& what, const std::string& word, const std::vector<std::string>& names) {
  throw InputError("idlewatt catalog: no " + what + " `" + word + "` (" + suggestion(word, names) + ")");
}

}  // namespace

CatalogContents all_contents(const Catalog& catalog) {
  CatalogContents contents;
  contents.kinds = {
      {"accelerators",
       "what computes: GPUs and their like, with their memory",
       {"memory", "memory_bandwidth", "peak.bf16/peak.fp16", "peak.fp8/peak.int8", "board_limit", "idle_loaded",
        "parked", "idle_empty"},
       entries_of(catalog.accelerators)},
      {"servers",
       "accelerators and what is around them: CPUs, fans, power supplies, network, rent",
       {"rent", "base", "overhead_per_accelerator", "boot_time", "nic", "nic_latency"},
       servers_of(catalog)},
      {"models",
       "language models: the shapes that decide how many bytes and operations a token costs",
       {"parameters", "active_parameters", "kv_cache_per_token", "training", "layers", "heads", "kv_heads",
        "experts.experts", "context_tokens"},
       models_of(catalog)},
      {"engines",
       "serving engines: how much of the hardware they reach, and what they add of their own",
       {"compute_factor", "bandwidth_factor", "step_overhead", "sequence_overhead", "layer_overhead", "start_time",
        "load"},
       entries_of(catalog.engines)},
  };
  contents.families = policy_families();
  return contents;
}

CatalogContents narrowed(CatalogContents all, const std::string& kind, const std::string& name) {
  if (kind.empty()) {
    return all;
  }
  const std::vector<std::string> kinds = kind_names(all);
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    CatalogContents found = all;
    keep_only(found, kind);
    if (name.empty() && !is_empty(found)) {
      return found;
    }
    // A word that resembles no kind may be meant for a name; where it resembles nothing, only the kinds are worth
    // listing.
    const std::vector<std::string> names = names_in(all);
    const bool means_a_name = !nearest(kind, kinds) && nearest(kind, names);
    unknown("kind", kind, means_a_name ? names : kinds);
  }
  std::erase_if(all.kinds, [&](const CatalogKind& candidate) { return candidate.name != kind; });
  if (kind != kPolicies) {
    all.families.clear();
  }
  all.depth = Depth::list;
  if (!name.empty()) {
    const std::vector<std::string> names = names_in(all);
    CatalogContents matches = all;
    keep_only(all, name);
    if (is_empty(all)) {
      keep_matches(matches, name);
      if (!is_empty(matches)) {
        return matches;
      }
      unknown(kind == kPolicies ? "policy" : kind.substr(0, kind.size() - 1), name, names);
    }
  }
  return all;
}

}  // namespace idlewatt
