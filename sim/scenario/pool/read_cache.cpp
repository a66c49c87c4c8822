#include "scenario/pool/read_cache.hpp"

#include "policy/table.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr const char* kEmbedder = "embedder";

std::string read_embedder(const YamlNode& node, const YamlNode& embedder, const std::string& policy,
                          const Catalog& catalog) {
  if (policy != "semantic") {
    fail(embedder.place, "`embedder` is for the cache `semantic`; expected none with `" + policy + "`");
  }
  std::vector<std::string> names = keys_of(catalog.accelerators);
  names.insert(names.begin(), "cpu");
  const std::string name = read_name(embedder, "embedder", names);
  if (name == "cpu") {
    return "";
  }
  for (const char* key : {"lookup_time", "lookup_power"}) {
    if (const YamlNode* given = node.find(key)) {
      fail(given->place, "`" + std::string(key) + "` is that of the CPU; expected none with `embedder: " + name +
                             "`, whose own follows from the catalogue");
    }
  }
  return name;
}

}  // namespace

const KeyTable& embedder_keys() {
  static const KeyTable table{
      "The embedder of a cache",
      "Where the texts of a cache `semantic` become vectors.",
      "{policy: semantic, embedder: l4}",
      {{.name = kEmbedder,
        .form = either_form({word_form("embedder", {"cpu"}), entry_form("accelerator")}),
        .without = "the host's `cpu`",
        .help = "of the cache `semantic`: what embeds texts, the host's `cpu` or an accelerator of the catalogue"}}};
  return table;
}

CacheChoice read_cache(const YamlNode* node, const Catalog& catalog, const IndexedVector<StreamId, Traffic>& traffic,
                       std::vector<std::string>& warnings) {
  CacheChoice choice;
  choice.policy = read_policy(node, family_of<CacheFamily>(), embedder_keys);
  if (node == nullptr) {
    return choice;
  }
  if (const YamlNode* embedder = node->find(kEmbedder)) {
    choice.embedder = read_embedder(*node, *embedder, choice.policy.name, catalog);
  }
  for (const Traffic& entry : traffic) {
    const bool has_meaning = entry.file || entry.marks.semantics || (entry.generated && entry.generated->semantics);
    if (choice.policy.name != "none" && !has_meaning) {
      warnings.push_back(node->place.text() + ": warning: `cache` finds nothing in the traffic of " + entry.name +
                         ": it has no `semantics`, so that no request repeats another");
    }
  }
  return choice;
}

}  // namespace idlewatt
