// The parts shared by readers of catalogue entries: names, and figures with status, source and range.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/figure.hpp"
#include "scenario/catalog/figures.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {

Status read_status(const Fields& fields);

/// Reads a map with value, status, source, and the range in which the value plausibly lies; an assumed value must have
/// a range. Throws InputError.
Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key);

/// Reads one entry of any kind. Keys that are not given keep the value of an entry that exists.
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

/// The entry that a reader starts from: the existing entry, a copy of the entry that `like:` names, or an empty one.
template <class Entry>
struct StartingPoint {
  Entry entry;
  bool complete = false;  ///< true: every figure has a value, which the reader may override
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

/// `keys`, followed by the keys of the figures that `each` visits.
template <class Each>
std::vector<std::string> known_keys(std::vector<std::string> keys, Each&& each) {
  each([&](const FigureKey& key, const auto&) { keys.emplace_back(key.key); });
  return keys;
}

}  // namespace idlewatt
