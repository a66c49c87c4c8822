// A scenario file, read once, from which many scenarios are made: its variants, and the points of a grid.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/load.hpp"
#include "scenario/overrides.hpp"
#include "scenario/problems.hpp"
#include "scenario/read_scenario.hpp"

namespace idlewatt {

class ScenarioSource {
 public:
  /// Reads the file; throws InputError. Of `options`, `set` and `seed` come after everything else.
  ScenarioSource(const std::string& path, const LoadOptions& options);

  const std::string& path() const { return path_; }
  /// What stands under `variants:` in the file's order; empty where there is none.
  const std::vector<YamlEntry>& variants() const { return variants_.entries; }
  /// What stands under `search:` (null where there is none).
  const YamlNode& search() const { return search_; }
  /// What stands under `claim:` (null where there is none).
  const YamlNode& claim() const { return claim_; }
  /// The file as it is.
  const std::string& text() const { return text_; }
  /// Whether there is anything to simulate: a claim may rest on arithmetic and physics alone.
  bool has_scenario() const { return base_.find("pools") != nullptr; }
  /// The catalogue with what the common part adds to it. Throws InputError.
  std::shared_ptr<const Catalog> catalog();

  /// The common part with `changes` carried out, called `name`. Throws InputError.
  Scenario read(const std::string& name, const std::vector<Override>& changes);
  /// One of variants(). Throws InputError that names the variant where the common part alone would do.
  Scenario read_variant(const YamlEntry& variant);
  /// All of variants(), in the file's order; the common part where there are none. Throws InputError, with the problems
  /// of all of them.
  std::vector<Scenario> read_all();

 private:
  /// What is wrong with the common part by itself.
  const std::vector<Problem>& common_problems();

  std::string path_;
  std::string text_;
  YamlNode base_;  // without `variants`, `search` and `claim`
  YamlNode variants_;
  YamlNode search_;
  YamlNode claim_;
  std::vector<Override> set_;
  std::optional<std::uint64_t> seed_;
  bool with_fingerprint_ = false;
  ScenarioFiles files_;
  std::optional<std::vector<Problem>> common_problems_;
};

}  // namespace idlewatt
