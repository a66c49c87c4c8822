#include "scenario/catalog/read_engine_rules.hpp"

#include <algorithm>

#include "policy/table.hpp"
#include "scenario/policy/read_policy.hpp"

namespace idlewatt {
namespace {

template <class Family>
const PolicyInfo& policy_named(const std::string& name) {
  const std::vector<PolicyInfo>& policies = family_of<Family>().policies;
  return *std::find_if(policies.begin(), policies.end(), [&](const PolicyInfo& policy) { return policy.name == name; });
}

/// A parameter of the policy whose defaults the limits are.
const ParameterSpec& batching_parameter(const char* name) {
  const std::vector<ParameterSpec>& parameters = policy_named<BatchFamily>("continuous").parameters;
  return *std::find_if(parameters.begin(), parameters.end(),
                       [&](const ParameterSpec& spec) { return spec.name == name; });
}

Form limit_form(const char* parameter) {
  const ParameterSpec& spec = batching_parameter(parameter);
  return count_form(static_cast<std::int32_t>(spec.minimum), static_cast<std::int32_t>(spec.maximum));
}

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
        .form = limit_form("token_budget"),
        .must = true,
        .help = "most tokens in a step: `batching.token_budget` of a pool that does not say it"},
       {.name = "max_sequences",
        .form = limit_form("max_sequences"),
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

/// True when no layer keeps a window or a state. The cache here keeps what windows have passed.
bool keeps_all_tokens(const Model& model) {
  const std::vector<LayerKind> kinds = model.layer_kinds();
  return std::none_of(kinds.begin(), kinds.end(), [](const LayerKind& kind) {
    return kind.state || (kind.attention && kind.attention->window > 0);
  });
}

/// Sets the limits that the pool does not say. The engine's limits are those of one rank; a pool's are the replica's. A
/// step with all sequences has room for a token of a prompt beside theirs, so a limit that is not said gives way.
void take_limits(const YamlNode* said, const BatchLimits& of_a_rank, Pool& pool) {
  Parameters& parameters = pool.batching.parameters;
  const auto is_said = [said](const char* key) { return said != nullptr && said->find(key) != nullptr; };
  const auto of_the_replica = [&](const char* key, double limit) {
    return std::min(limit * pool.parallel.data_attention, batching_parameter(key).maximum);
  };
  if (!is_said("token_budget")) {
    const double least = is_said("max_sequences") ? parameters.get("max_sequences") + 1.0 : 0.0;
    parameters.set("token_budget", std::max(of_the_replica("token_budget", of_a_rank.token_budget), least));
  }
  if (!is_said("max_sequences")) {
    const double most = is_said("token_budget") ? std::max(1.0, parameters.get("token_budget") - 1.0)
                                                : batching_parameter("max_sequences").maximum;
    parameters.set("max_sequences", std::min(of_the_replica("max_sequences", of_a_rank.max_sequences), most));
  }
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
  if (pool.batching.name == "continuous") {
    take_limits(fields.find("batching"), rules->limits_on(catalog.accelerators.at(pool.accelerator)), pool);
  }
  if (!fields.has("prefix_cache") && fields.word("role") != "decode" &&
      keeps_all_tokens(catalog.models.at(pool.model))) {
    const PolicyInfo& info = policy_named<PrefixFamily>(rules->prefix_cache);
    pool.prefix_cache = {info.name, Parameters::defaults_of(info)};
  }
}

}  // namespace idlewatt
