// The parts shared by readers of catalogue entries: names, and figures with status, source and range.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/figure.hpp"
#include "scenario/catalog/figures.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// Reads the key `status`. Throws InputError.
Status read_status(const Section& fields);

/// Reads a map with value, status, source, and the range in which the value plausibly lies; an assumed value must have
/// a range. Throws InputError.
Figure read_figure(const YamlNode& node, const std::string& label, const FigureKey& key);

/// Reads one entry of any kind. Keys that are not given keep the value of an entry that exists.
class EntryReader {
 public:
  /// Makes a reader. `keys` has the keys of the kind of entry. `exists` is true for an entry whose figures all have a
  /// value already. Throws InputError for other keys.
  EntryReader(const YamlNode& node, std::string what, const KeyTable& keys, bool exists)
      : fields_(node, std::move(what), keys), exists_(exists) {}

  const Section& fields() const { return fields_; }
  bool wants(const char* key) const { return fields_.has(key) || !exists_; }

  void names(const std::string& name, std::string& entry_name, std::string& title) const;
  void figure(const FigureKey& key, Figure& figure) const;

  std::string label(const std::string& key) const { return "`" + key + "` of " + fields_.what(); }

 private:
  Section fields_;
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

}  // namespace idlewatt
