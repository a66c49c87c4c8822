// Everything that a scenario can name, in one plain form: hardware, models and engines from the catalogue's files,
// policies from their declarations. Other files choose what is shown of it and how.
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
  std::string accelerator;  ///< for a server: the accelerators that it holds
  int accelerators = 0;
  std::vector<EntryFigure> figures;
};

/// The entries of one folder of the catalogue.
struct CatalogKind {
  std::string name;     ///< "accelerators"
  std::string summary;  ///< one line
  /// The keys of the figures that a list shows. Of alternatives such as "peak.bf16/peak.fp16", the first that an entry
  /// has is shown.
  std::vector<std::string> key_figures;
  std::vector<CatalogEntry> entries;  ///< entries by name
};

struct CatalogContents {
  /// The part that was asked for.
  enum class Depth { overview, list, entry };

  Depth depth = Depth::overview;
  std::vector<CatalogKind> kinds;
  std::vector<PolicyFamily> families;
};

inline constexpr const char* kPolicies = "policies";

/// The whole catalogue and all built-in policies.
CatalogContents all_contents(const Catalog& catalog);

/// The part that `kind` and `name` select. Without either, everything; with a kind alone, all of its entries; with a
/// name, the entries of that name (a family of policies has a name too). When no entry has the name, those whose names
/// contain it ("qwen"). A name in place of the kind is looked up in all kinds. Throws InputError with the nearest known
/// name.
CatalogContents narrowed(CatalogContents all, const std::string& kind, const std::string& name);

}  // namespace idlewatt
