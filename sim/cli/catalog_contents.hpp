// Everything that a scenario can name, in one plain form: hardware, models and engines from the catalogue's files,
// policies from their declarations. What is shown of it, and how, is elsewhere.
#pragma once

#include <string>
#include <vector>

#include "scenario/entry_figures.hpp"
#include "scenario/policy_families.hpp"

namespace idlewatt {

/// An accelerator, a server, a model or an engine.
struct CatalogEntry {
  std::string name;
  std::string title;
  std::string accelerator;  ///< of a server: what it holds, and how many
  int accelerators = 0;
  std::vector<EntryFigure> figures;
};

/// The entries of one folder of the catalogue.
struct CatalogKind {
  std::string name;     ///< "accelerators"
  std::string summary;  ///< one line
  /// The keys that a list shows; of "peak.bf16/peak.fp16" the first that an entry has.
  std::vector<std::string> key_figures;
  std::vector<CatalogEntry> entries;  ///< by name
};

struct CatalogContents {
  /// How much of it was asked for.
  enum class Depth { overview, list, entry };

  Depth depth = Depth::overview;
  std::vector<CatalogKind> kinds;
  std::vector<PolicyFamily> families;
};

inline constexpr const char* kPolicies = "policies";

/// All of the catalogue, and all built-in policies.
CatalogContents all_contents(const Catalog& catalog);

/// What `kind` and `name` mean: nothing is everything, a kind all of its entries, a name those entries that have it (a
/// family of policies has a name too). Where no entry has the name, it means those whose names have it in them
/// ("qwen"). A name alone, in place of the kind, is looked for in all kinds. Throws InputError with the nearest right
/// name.
CatalogContents narrowed(CatalogContents all, const std::string& kind, const std::string& name);

}  // namespace idlewatt
