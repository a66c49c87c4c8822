// A scenario file that is read once and makes many scenarios: its variants, and the points of a grid.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/load.hpp"
#include "scenario/overrides.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {

/// A scenario file that has been read.
class ScenarioSource {
 public:
  /// Reads the file. The `set` and `seed` of `options` are applied after all other overrides. Throws InputError.
  ScenarioSource(const std::string& path, const LoadOptions& options);

  const std::string& path() const { return path_; }
  /// The entries under `variants:` in the file's order; empty when there are none.
  const std::vector<YamlEntry>& variants() const { return variants_.entries; }
  /// The value under `search:`; null when there is none.
  const YamlNode& search() const { return search_; }
  /// The value under `claim:`; null when there is none.
  const YamlNode& claim() const { return claim_; }
  /// The text of the file.
  const std::string& text() const { return text_; }
  /// True when the file has pools to simulate. (A claim may need arithmetic and physics only.)
  bool has_scenario() const { return base_.find("pools") != nullptr; }
  /// The catalogue with the additions of the common part. Throws InputError.
  std::shared_ptr<const Catalog> catalog();

  /// The scenario `name`: the common part with `changes` applied. Throws InputError.
  Scenario read(const std::string& name, const std::vector<Override>& changes);
  /// The scenario of one of variants(). Throws InputError. The error names the variant if the common part alone is
  /// correct.
  Scenario read_variant(const YamlEntry& variant);
  /// The scenarios of all variants(), in the file's order; the common part alone when there are none. Throws InputError
  /// with the problems of all variants.
  std::vector<Scenario> read_all();

 private:
  /// The problems of the common part alone.
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
