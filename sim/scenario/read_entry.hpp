// What readers of catalogue entries share: names, figures with status, source and range.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/figure.hpp"
#include "scenario/fields.hpp"
#include "scenario/figures.hpp"

namespace idlewatt {

Status read_status(const Fields& fields);

/// A map with value, status and source, and the range in which the value may well lie: demanded where it is assumed.
Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key);

/// Reads one entry of any kind. What is not given stays as it is in an entry that exists.
class EntryReader {
 public:
  EntryReader(const YamlNode& node, std::string what, std::vector<std::string> known, bool exists)
      : fields_(node, std::move(what), std::move(known)), exists_(exists) {}

  const Fields& fields() const { return fields_; }
  bool wants(const char* key) const { return fields_.has(key) || !exists_; }

  void names(const std::string& name, std::string& entry_name, std::string& title) const;
  void figure(const FigureKey& key, Figure& figure) const;

  std::string label(const std::string& key) const { return "`" + key + "` of " + fields_.what(); }

 private:
  Fields fields_;
  bool exists_;
};

/// What an entry starts from: itself when it exists, a copy of the one that `like:` names, or nothing.
template <class Entry>
struct StartingPoint {
  Entry entry;
  bool complete = false;  ///< every figure has a value, to be overridden
};

template <class Entry>
StartingPoint<Entry> starting_point(const std::map<std::string, Entry>& entries, const std::string& name,
                                    const std::string& kind, const YamlNode& node) {
  if (const YamlNode* like = node.is_map() ? node.find("like") : nullptr) {
    return {entries.at(read_name(*like, kind, keys_of(entries))), true};
  }
  const auto found = entries.find(name);
  return found == entries.end() ? StartingPoint<Entry>{} : StartingPoint<Entry>{found->second, true};
}

/// `keys` and those of the figures that `each` visits.
template <class Each>
std::vector<std::string> known_keys(std::vector<std::string> keys, Each&& each) {
  each([&](const FigureKey& key, const auto&) { keys.emplace_back(key.key); });
  return keys;
}

}  // namespace idlewatt
