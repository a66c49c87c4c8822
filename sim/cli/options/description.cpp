#include "cli/options/description.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"
#include "scenario/provenance.hpp"

namespace idlewatt {

namespace {

std::string limit(const char* name, double seconds) {
  if (std::isinf(seconds)) {
    return std::string(name) + " unlimited";
  }
  constexpr int digits = 3;
  const bool short_time = seconds < 1.0;
  const std::string number = compact(short_time ? seconds * 1e3 : seconds, digits);
  return std::string(name) + " " + number + (short_time ? " ms" : " s");
}

std::string replica_size(const Pool& pool) {
  const Parallelism& parallel = pool.parallel;
  std::string text = counted(parallel.tensor, "accelerator", "accelerators");
  if (parallel.data_attention > 1) {
    text = grouped(parallel.data_attention) + " ranks of " + text;
  }
  if (parallel.pipeline > 1) {
    text = grouped(parallel.pipeline) + " stages of " + text;
  }
  return parallel.expert > 1 ? text + ", experts over " + grouped(parallel.expert) : text;
}

/// The rules of the pool's engine; null where it has none.
const EngineRules* rules_of(const Pool& pool, const Scenario& scenario) {
  if (!scenario.catalog || !scenario.catalog->engines.contains(pool.engine)) {
    return nullptr;
  }
  const std::optional<EngineRules>& rules = scenario.catalog->engines.at(pool.engine).rules;
  return rules ? &*rules : nullptr;
}

/// "llama-3-8b in bf16 with vllm-2026 (rules of vLLM 0.30)".
std::string what_serves(const Pool& pool, const Scenario& scenario) {
  std::string text = pool.model + " in " + to_string(pool.precision);
  if (pool.kv_format != KvFormat::automatic) {
    text += std::string(", KV cache in ") + to_string(pool.kv_format) + ",";
  }
  text += " with " + pool.engine;
  if (const EngineRules* rules = rules_of(pool, scenario)) {
    text += " (rules of " + rules->version + ")";
  }
  if (pool.memory_utilisation) {
    text += " in " + readable(*pool.memory_utilisation, Dimension::share) + " of memory";
  }
  return text + (pool.step_times ? " and the steps of " + pool.step_times->path : "") +
         (pool.speculation ? " and drafts of " + pool.speculation->draft : "");
}

/// What the rules say of batches.
std::string limits_text(const Pool& pool, const Scenario& scenario) {
  const Parameters& limits = pool.batching.parameters;
  if (rules_of(pool, scenario) == nullptr || !limits.all().contains("token_budget")) {
    return "";
  }
  return " (" + grouped(limits.get_int("token_budget")) + " tokens, " + grouped(limits.get_int("max_sequences")) +
         " sequences)";
}

}  // namespace

std::string describe_time(const Scenario& scenario) {
  return duration(to_seconds(scenario.horizon)) + " from " +
         local_text(scenario.site.tariff.time_zone, scenario.start_unix_s);
}

std::vector<std::string> describe_traffic(const Scenario& scenario) {
  std::vector<std::string> lines;
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.popularity && traffic.popularity->rank > 1) {
      continue;  // its entry was told with the first
    }
    std::string line = std::filesystem::path(traffic.name).stem().string();
    if (const double scale = traffic.popularity ? traffic.popularity->whole : traffic.scale; scale != 1.0) {
      line += " x " + compact(scale, 3);
    }
    line += " -> " + listed(traffic.models, " or ");
    if (traffic.popularity) {
      line += " and " + counted(traffic.popularity->of - 1, "other", "others") + " by Zipf's law with " +
              compact(traffic.popularity->zipf, 3);
    }
    line += ", SLO: " + limit("TTFT", traffic.slo.ttft_s) + ", " + limit("TPOT", traffic.slo.tpot_s);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> describe_pools(const Scenario& scenario) {
  std::vector<std::string> lines;
  if (scenario.cache.policy.name != "none") {
    lines.push_back("before all pools: cache " + scenario.cache.policy.name +
                    (scenario.cache.embedder.empty() ? "" : ", which embeds on " + scenario.cache.embedder));
  }
  for (const Pool& pool : scenario.pools) {
    const auto alike = std::count_if(scenario.pools.begin(), scenario.pools.end(), [&pool](const Pool& other) {
      return !pool.group.empty() && other.group == pool.group;
    });
    if (alike > 0 && pool.name != pool.group + "-1") {
      continue;
    }
    lines.push_back((alike > 0 ? pool.group + ", " + counted(alike, "pool", "pools") + " alike" : pool.name) + ": " +
                    what_serves(pool, scenario) + " on " + pool.server + ", " + replica_size(pool) + " a replica, " +
                    counted(pool.replicas.start, "replica", "replicas") + " (" + grouped(pool.replicas.minimum) +
                    " to " + grouped(pool.replicas.maximum) + "); batching " + pool.batching.name +
                    limits_text(pool, scenario) + ", queue " + pool.queue.name + ", prefix cache " +
                    pool.prefix_cache.name + ", autoscaling " + pool.autoscaling.name + ", idle " + pool.idle.name +
                    ", routing " + pool.routing.name);
  }
  return lines;
}

std::string describe_fleet(const Scenario& scenario) {
  std::map<std::string, std::int64_t> counts;
  std::vector<std::string> order;
  for (const Rack& rack : scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      if (counts.emplace(group.server, 0).second) {
        order.push_back(group.server);
      }
      counts[group.server] += group.count;
    }
  }
  std::vector<std::string> parts;
  for (const std::string& name : order) {
    std::string part = grouped(counts[name]) + " x " + name;
    if (scenario.catalog && scenario.catalog->servers.contains(name)) {
      const Server& server = scenario.catalog->servers.at(name);
      part += " (" + grouped(counts[name] * server.accelerators) + " x " + server.accelerator + ")";
    }
    parts.push_back(std::move(part));
  }
  return listed(parts) +
         (scenario.racks_as_needed ? ", as many as `max` of the pools needs: no `racks` are given" : "");
}

AssumedNumbers assumed_numbers(const std::vector<Scenario>& scenarios) {
  std::map<std::string, std::set<std::string>> assumed;  // by entry; variants share most of them
  AssumedNumbers result;
  for (const Scenario& scenario : scenarios) {
    for (const EntryUsed& entry : entries_used(scenario)) {
      for (const EntryFigure& figure : entry.figures) {
        const bool is_new = figure.status == Status::assumed && assumed[entry.name].insert(figure.key).second;
        result.count += is_new ? 1 : 0;
      }
    }
  }
  std::vector<std::pair<std::size_t, std::string>> entries;
  for (const auto& [name, keys] : assumed) {
    entries.emplace_back(keys.size(), name);
  }
  // Most first; of equals, by name.
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  constexpr std::size_t named = 3;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(named, entries.size()); ++i) {
    parts.push_back(entries[i].second + " " + std::to_string(entries[i].first));
  }
  if (entries.size() > named) {
    parts.push_back(counted(std::ssize(entries) - std::ssize(parts), "other", "others"));
  }
  result.where = listed(parts);
  return result;
}

std::string describe_variant(const Scenario& scenario) {
  return scenario.variant.empty() ? "the run" : "variant `" + scenario.variant + "`";
}

}  // namespace idlewatt
