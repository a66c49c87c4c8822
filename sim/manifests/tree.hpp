// Looking into trees of Kubernetes files: what is not there, or has another form, is nothing.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// A word of a file: its text, where it stands, and how the file writes it, for comments and messages.
struct Stated {
  std::string text = {};
  Place place = {};
  std::string said = {};  ///< "--max-num-seqs=128", "spec.replicas"
};

/// The value under these keys, one below the other; null where one of them is missing or empty.
const YamlNode* below(const YamlNode* node, std::initializer_list<std::string_view> keys);
const YamlNode* below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalar there; empty where there is none.
std::string text_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalar there as the file states it, called by its keys with dots between; nothing where there is none.
std::optional<Stated> stated_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The items of the list there; none where there is no list.
std::vector<const YamlNode*> list_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalars of the map there, by key.
std::map<std::string, Stated> map_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// A whole number that a file states, from `minimum` on. Throws InputError with its place.
int count_of(const Stated& stated, int minimum, int maximum = 1'000'000);

/// "file:line" for comments: the file without its folder.
std::string short_place(const Place& place);

/// The text without capitals, `_` and space as `-`.
std::string plain_name(std::string_view text);

}  // namespace idlewatt
