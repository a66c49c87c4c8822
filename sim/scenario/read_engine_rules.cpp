#include "scenario/read_engine_rules.hpp"

#include <algorithm>

#include "policy/table.hpp"
#include "scenario/read_policy.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostTokens = 1'000'000;
constexpr std::int32_t kMostSequences = 4096;

const KeyTable& board_limits_keys() {
  static const KeyTable table{
      "Batch limits by accelerator",
      "Limits of batch steps on the accelerators that the entry names; without `from`, `only` and `but` on all.",
      "{from: 70 GiB, but: [a100-sxm-80], token_budget: 8192, max_sequences: 1024}",
      {{.name = "from",
        .form = quantity_form(Dimension::bytes, {.minimum = 0.0}).of_its_map(),
        .otherwise = "0 B",
        .help = "on accelerators with at least so much memory"},
       {.name = "only",
        .form = list_form(entry_form("accelerator")),
        .without = "all of them",
        .help = "and of these alone, with what is `like` them"},
       {.name = "but",
        .form = list_form(entry_form("accelerator")),
        .without = "none",
        .help = "and not on these, with what is `like` them"},
       {.name = "token_budget",
        .form = count_form(2, kMostTokens),
        .must = true,
        .help = "most tokens in a step: `batching.token_budget` of a pool that does not say it"},
       {.name = "max_sequences",
        .form = count_form(1, kMostSequences),
        .must = true,
        .help = "most sequences in a step: `batching.max_sequences` of a pool that does not say it"}}};
  return table;
}

std::vector<std::string> kins_of(const YamlNode* list, const Catalog& catalog) {
  std::vector<std::string> kins;
  if (list != nullptr) {
    for (const YamlNode& item : list->items) {
      kins.push_back(catalog.accelerators.at(read_name(item, "accelerator", keys_of(catalog.accelerators))).kin);
    }
  }
  return kins;
}

std::vector<std::string> prefix_policies() {
  std::vector<std::string> names;
  for (const PolicyInfo& policy : family_of<PrefixFamily>().policies) {
    names.push_back(policy.name);
  }
  return names;
}

/// Whether a prefix cache holds no more of the model's sequences than an engine's would.
bool keeps_all_tokens(const Model& model) {
  const std::vector<LayerKind> kinds = model.layer_kinds();
  return std::none_of(kinds.begin(), kinds.end(), [](const LayerKind& kind) {
    return kind.state || (kind.attention && kind.attention->window > 0);
  });
}

}  // namespace

const KeyTable& engine_rules_keys() {
  static const KeyTable table{
      "Rules of an engine",
      "What a version of an engine does where a pool says nothing else.",
      "{version: mine 1.0, prefix_cache: none, batch: [{token_budget: 2048, max_sequences: 256}], source: its manual}",
      {{.name = "version",
        .form = text_form("the version whose rules they are"),
        .must = true,
        .help = "the version whose rules they are"},
       {.name = "batch",
        .form =
            list_form(map_form(board_limits_keys).named("a limit")).expecting("limits, the first of all accelerators"),
        .must = true,
        .help = "limits of batch steps; the last that holds on an accelerator counts"},
       {.name = "prefix_cache",
        .form = word_form("policy of a prefix cache", prefix_policies()),
        .must = true,
        .help = "`prefix_cache` of a pool that does not say it"},
       {.name = "profiles_limits",
        .form = flag_form(),
        .otherwise = "false",
        .help = "whether the engine keeps memory for a step as large as the pool's limits, in place of "
                "`profile_tokens` and `profile_sequences`"},
       {.name = "source", .form = text_form("where the rules stand"), .must = true, .help = "where the rules stand"}}};
  return table;
}

EngineRules read_engine_rules(const YamlNode& node, const std::string& what, const Catalog& catalog) {
  const Section fields(node, what, engine_rules_keys());
  EngineRules rules{.version = fields.text("version"),
                    .source = fields.text("source"),
                    .boards = {},
                    .prefix_cache = fields.word("prefix_cache"),
                    .profiles_limits = fields.flag("profiles_limits")};
  fields.at("batch");
  for (const Section& board : fields.items("batch")) {
    rules.boards.push_back({.from_bytes = board.quantity("from"),
                            .only = kins_of(board.find("only"), catalog),
                            .but = kins_of(board.find("but"), catalog),
                            .limits = {board.count("token_budget"), board.count("max_sequences")}});
    const BoardLimits& first = rules.boards.front();
    if (first.from_bytes > 0.0 || !first.only.empty() || !first.but.empty()) {
      fail(board.place(), "the first limits of " + what +
                              " hold on some accelerators alone; expected some for all: no `from`, `only` and `but`");
    }
  }
  return rules;
}

void take_engine_rules(const Section& fields, const Catalog& catalog, Pool& pool) {
  const std::optional<EngineRules>& rules = catalog.engines.at(pool.engine).rules;
  if (!rules) {
    return;
  }
  const YamlNode* batching = fields.find("batching");
  const BatchLimits limits = rules->limits_on(catalog.accelerators.at(pool.accelerator));
  for (const auto& [key, value] :
       {std::pair{"token_budget", limits.token_budget}, {"max_sequences", limits.max_sequences}}) {
    const bool said = batching != nullptr && batching->find(key) != nullptr;
    if (pool.batching.name == "continuous" && !said) {
      pool.batching.parameters.set(key, value);
    }
  }
  if (!fields.has("prefix_cache") && fields.word("role") != "decode" &&
      keeps_all_tokens(catalog.models.at(pool.model))) {
    const std::vector<PolicyInfo>& policies = family_of<PrefixFamily>().policies;
    const auto info = std::find_if(policies.begin(), policies.end(),
                                   [&](const PolicyInfo& policy) { return policy.name == rules->prefix_cache; });
    pool.prefix_cache = {info->name, Parameters::defaults_of(*info)};
  }
}

}  // namespace idlewatt
