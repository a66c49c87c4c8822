// Everything that a scenario can name, in one plain form: hardware, models and engines from the catalogue's files,
// policies from their declarations. Other files choose what is shown of it and how.
#pragma once

#include <string>
#include <vector>

#include "scenario/catalog/entry_figures.hpp"
#include "scenario/policy/policy_families.hpp"

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

/// The contents of the catalogue, or the part of them that was asked for.
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

/// Returns the part of `all` that `kind` and `name` select:
/// - If both are empty, everything.
/// - If only `kind` is given, all entries of that kind. If `kind` is no kind, it is taken for a name and looked up in
///   all kinds.
/// - If both are given, the entry or the family of policies of that name. If nothing has that name, all entries (not
///   policies) whose names contain `name`, such as "qwen".
/// Throws InputError if nothing is found; the message suggests the nearest known name.
CatalogContents narrowed(CatalogContents all, const std::string& kind, const std::string& name);

}  // namespace idlewatt
