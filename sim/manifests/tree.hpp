// Look-ups in trees of Kubernetes files. A value that is missing, or has another form, is treated as nothing.
#pragma once

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A word of a file with its place, and its form in the file for comments and messages.
struct Stated {
  std::string text = {};
  Place place = {};
  std::string said = {};  ///< "--max-num-seqs=128", "spec.replicas"
};

/// The value under a path of keys; null when one of them is missing or empty.
const YamlNode* below(const YamlNode* node, std::initializer_list<std::string_view> keys);
const YamlNode* below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalar under a path of keys; empty when there is none.
std::string text_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalar under a path of keys as the file states it, named by its keys with dots between; nothing when there is
/// none.
std::optional<Stated> stated_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The items of the list under a path of keys; none when there is no list.
std::vector<const YamlNode*> list_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The scalars of the map under a path of keys, by key.
std::map<std::string, Stated> map_below(const YamlNode& node, std::initializer_list<std::string_view> keys);

/// The tree that is written in a block of text, such as an entry of a ConfigMap, with its places in the file. The text
/// begins in the line below its key.
YamlNode tree_in(const YamlNode& text);

/// The whole number that a file states, from `minimum` to `maximum`. Throws InputError with its place.
int count_of(const Stated& stated, int minimum, int maximum = 1'000'000);

/// Names of whole accelerators among the resources of pods and nodes.
inline constexpr std::array<std::string_view, 6> kAcceleratorResources{
    "nvidia.com/gpu",  "amd.com/gpu",           "google.com/tpu",
    "habana.ai/gaudi", "aws.amazon.com/neuron", "aws.amazon.com/neurondevice"};
bool is_accelerator(std::string_view resource);

/// Whether a tree asks for accelerators, or for parts of them, anywhere.
bool holds_accelerators(const YamlNode& node);

/// The place for comments: "file:line", with the file without its folder.
std::string short_place(const Place& place);

/// The text in small letters, with `-` for `_` and space.
std::string plain_name(std::string_view text);

}  // namespace idlewatt
