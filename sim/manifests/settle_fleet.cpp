#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/error.hpp"
#include "manifests/found_kinds.hpp"
#include "manifests/settle_arguments.hpp"
#include "manifests/settle_hardware.hpp"
#include "manifests/settled_fleet.hpp"
#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// A word as the name of a pool: letters, digits, `-` and `_`.
std::string pool_name(std::string name, const std::set<std::string>& taken) {
  for (char& c : name) {
    const bool fine =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    c = fine ? c : '-';
  }
  name = name.empty() || name == "unassigned" ? "pool" : name;
  std::string result = name;
  for (int i = 2; taken.contains(result); ++i) {
    result = name + "-" + std::to_string(i);
  }
  return result;
}

/// The name that a config.json gives its model: its folder's, or its own.
std::string config_name(const std::string& path) {
  const std::filesystem::path file(path);
  return file.filename() == "config.json" && file.has_parent_path()
             ? std::filesystem::absolute(file).parent_path().filename().string()
             : file.stem().string();
}

/// Refuses answers for names that are none of the fleet's.
void refuse_unused(const std::string& option, const std::vector<std::string>& answers,
                   const std::set<std::string>& names) {
  for (const std::string& answer : answers) {
    const std::size_t equals = answer.find('=');
    const std::string name = answer.substr(0, equals);
    if (equals != std::string::npos && !names.contains(name)) {
      throw InputError(option + ": nothing here is called `" + name + "`" +
                       expected_names(name, {names.begin(), names.end()}));
    }
  }
}

/// The names by which answers call the model that a pool's arguments state: whole, and without its organisation.
std::vector<std::string> stated_models(const FoundPool& pool) {
  const Stated* stated = pool.arguments.find(Setting::model);
  return stated == nullptr ? std::vector<std::string>()
                           : std::vector<std::string>{stated->text, program_name(stated->text)};
}

class FleetSettler {
 public:
  FleetSettler(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names, const Catalog& catalog)
      : found_(&found),
        answers_(&answers),
        names_(&names),
        catalog_(&catalog),
        hardware_(found, answers, names, catalog, fleet_) {}

  SettledFleet fleet() && {
    if (found_->pools.empty()) {
      throw InputError(
          found_->origin +
          ": no server of a model is among the documents; expected Deployments, StatefulSets, LeaderWorkerSets or "
          "others that run vLLM, SGLang, TGI or TensorRT-LLM");
    }
    std::set<std::string> taken;
    std::vector<FoundPool> pools = found_->pools;
    for (FoundPool& pool : pools) {
      pool.name = pool_name(pool.name, taken);
      taken.insert(pool.name);
      settle_part(pool);
    }
    refuse_unused_answers(pools);
    for (const FoundPool& pool : pools) {
      settle(pool, pools);
    }
    for (const Scaled& one : scaled_) {
      settle_most(one);
    }
    settle_contexts(pools);
    settle_traffic(pools);
    for (const FoundScaler& scaler : found_->scalers) {
      const bool used =
          std::any_of(pools.begin(), pools.end(), [&](const FoundPool& pool) { return scales(scaler, pool); });
      if (!used) {
        fleet_.unsimulated.push_back(sentence_at(
            scaler.root.place, scaler.title + " scales `" + scaler.target + "`, which is not among the servers"));
      }
    }
    fleet_.unsimulated.insert(fleet_.unsimulated.end(), found_->unsimulated.begin(), found_->unsimulated.end());
    return std::move(fleet_);
  }

 private:
  /// A pool whose number of replicas changes: its most replicas take the room that all starts leave.
  struct Scaled {
    const FoundPool* pool = nullptr;
    SettledServer server;
    int per_pod = 1;
    int start = 0;
    int most = 0;
    std::size_t settled = 0;  ///< number of the pool
    std::size_t key = 0;      ///< number of its key `replicas`
  };

  void refuse_unused_answers(const std::vector<FoundPool>& pools) const {
    std::set<std::string> called;
    std::set<std::string> models;
    for (const FoundPool& pool : pools) {
      called.insert(pool.name);
      const std::vector<std::string> stated = stated_models(pool);
      models.insert(stated.begin(), stated.end());
    }
    models.insert(called.begin(), called.end());
    refuse_unused("--server", answers_->servers, called);
    refuse_unused("--model", answers_->models, models);
    for (const FoundNode& node : found_->nodes) {
      called.insert(node.name);
      if (!node.type.empty()) {
        called.insert(node.type);
      }
    }
    refuse_unused("--accelerator", answers_->accelerators, called);
  }

  /// What vLLM's connectors say of the part that a server has.
  static void settle_part(FoundPool& pool) {
    const Stated* transfer = pool.arguments.find(Setting::kv_transfer);
    if (pool.part != ServerPart::all || transfer == nullptr) {
      return;
    }
    if (transfer->text.find("kv_producer") != std::string::npos) {
      pool.part = ServerPart::prefill;
      pool.group = "";
    } else if (transfer->text.find("kv_consumer") != std::string::npos) {
      pool.part = ServerPart::decode;
      pool.group = "";
    }
  }

  /// The entry of the catalogue that a pool serves, or the name of a config.json.
  std::string model_of(const FoundPool& pool, SettledPool& settled, std::string& precision) {
    const Stated* stated = pool.arguments.find(Setting::model);
    std::string given;
    std::vector<std::string> called = stated_models(pool);
    called.push_back(pool.name);
    std::string entry;
    std::string comment;
    Place source = stated == nullptr ? pool.place : stated->place;
    if (answer_for(answers_->models, called, given) != nullptr) {
      comment =
          stated == nullptr ? "--model" : "--model, for " + stated->text + " (" + short_place(stated->place) + ")";
      entry = given;
      if (given.ends_with(".json")) {
        entry = config_name(given);
        if (std::find(fleet_.configs.begin(), fleet_.configs.end(), given) == fleet_.configs.end()) {
          fleet_.configs.push_back(given);
        }
      } else if (!catalog_->models.contains(given)) {
        throw InputError("--model: `" + given + "` is no model of the catalogue" +
                         expected_names(given, keys_of(catalog_->models)));
      } else if (stated != nullptr) {
        precision = names_->format_of(stated->text);  // a stand-in is stored like what it stands for
      }
    } else if (const auto annotated = pool.annotations.find("model");
               annotated != pool.annotations.end() && catalog_->models.contains(annotated->second)) {
      entry = annotated->second;
      comment = "its annotation idlewatt/model";
    } else {
      if (stated == nullptr) {
        fail(pool.place, pool.object + " does not say which model it serves; --model " + pool.name +
                             "=NAME names one of the catalogue, or the path of its config.json");
      }
      const std::optional<NamedModel> named = names_->model(stated->text);
      if (!named) {
        fail(stated->place, pool.object + " serves `" + stated->text + "`, which the catalogue lacks; --model " +
                                pool.name + "=NAME names one that stands in for it, or the path of its config.json");
      }
      entry = named->entry;
      precision = named->precision;
      comment = short_place(stated->place) + " (" + stated->text + (named->by_shape ? ", taken for this shape)" : ")");
    }
    settled.keys.push_back({"model", entry, comment, source});
    return entry;
  }

  void settle(const FoundPool& pool, const std::vector<FoundPool>& pools) {
    SettledPool settled{.name = pool.name, .object = pool.object, .place = pool.place};
    std::string precision;
    settled.model = model_of(pool, settled, precision);
    const auto known = catalog_->models.find(settled.model);
    ArgumentSettler arguments(pool, known == catalog_->models.end() ? nullptr : &known->second, *catalog_, fleet_);
    const SettledParallelism parallel = arguments.parallelism([&] { return accelerators_by_instance(pool); });
    const SettledServer server = hardware_.server_of(pool, parallel.per_pod);
    arguments.check_server(
        parallel,
        catalog_->servers.contains(server.server) ? catalog_->servers.at(server.server).accelerators : parallel.per_pod,
        server.server);
    settled.server = server.server;
    arguments.precision(precision, settled.keys);
    settled.keys.push_back({"servers", server.server, server.comment, server.source});
    settled.keys.push_back(arguments.engine());
    arguments.write_parallelism(parallel, settled.keys);
    arguments.memory(settled.keys);
    settle_role(pool, pools, settled);
    settle_replicas(pool, parallel, server, settled);
    arguments.batching(parallel, settled.keys);
    arguments.prefix_cache(settled.keys);
    arguments.annotated(settled.keys);
    if (pool.routing) {
      settled.keys.push_back({"routing", pool.routing->text,
                              short_place(pool.routing->place) + " (" + pool.routing->said + ")", pool.routing->place});
    }
    arguments.rest();
    fleet_.unsimulated.insert(fleet_.unsimulated.end(), pool.unsimulated.begin(), pool.unsimulated.end());
    fleet_.pools.push_back(std::move(settled));
  }

  int accelerators_by_instance(const FoundPool& pool) const {
    for (const char* key : {"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"}) {
      const auto label = pool.node_labels.find(key);
      const auto type = label == pool.node_labels.end() ? std::nullopt : names_->instance(label->second.text);
      if (type) {
        return type->accelerators;
      }
    }
    return 0;
  }

  static void settle_role(const FoundPool& pool, const std::vector<FoundPool>& pools, SettledPool& settled) {
    if (pool.part == ServerPart::all) {
      return;
    }
    const ServerPart other = pool.part == ServerPart::prefill ? ServerPart::decode : ServerPart::prefill;
    std::vector<const FoundPool*> partners;
    for (const FoundPool& one : pools) {
      const bool together = one.group == pool.group || one.group.empty() || pool.group.empty();
      if (one.part == other && together && one.space == pool.space) {
        partners.push_back(&one);
      }
    }
    const std::string word = pool.part == ServerPart::prefill ? "prefill" : "decode";
    const std::string opposite = pool.part == ServerPart::prefill ? "decode" : "prefill";
    if (partners.empty()) {
      fail(pool.place, pool.object + " does the " + word + " part of requests, and no server does the " + opposite +
                           " part; expected both among the files");
    }
    settled.keys.push_back({"role", word, "the part that " + pool.object + " has", pool.place});
    if (pool.part == ServerPart::prefill) {
      if (partners.size() > 1) {
        fail(pool.place, pool.object + " may hand over to " + std::to_string(partners.size()) +
                             " others; expected one decode server among the files");
      }
      settled.keys.push_back({"decode", partners.front()->name, "the decode part beside it", partners.front()->place});
    }
  }

  static bool scales(const FoundScaler& scaler, const FoundPool& pool) {
    return scaler.target == pool.target && scaler.space == pool.space && !pool.target.empty();
  }

  /// The autoscaler that calls the pool's object its target, or that the object itself is.
  const FoundScaler* scaler_of(const FoundPool& pool, FoundScaler& own) const {
    const FoundScaler* scaler = nullptr;
    for (const FoundScaler& one : found_->scalers) {
      if (scales(one, pool)) {
        if (scaler != nullptr) {
          fail(one.root.place, one.title + " is a second autoscaler of `" + pool.target + "`, after that of " +
                                   short_place(scaler->root.place) + "; expected one");
        }
        scaler = &one;
      }
    }
    if (scaler == nullptr && pool.scaler) {
      own = {.root = *pool.scaler, .file = {}, .title = pool.object, .space = pool.space, .target = pool.target};
      scaler = &own;
    }
    return scaler;
  }

  void settle_replicas(const FoundPool& pool, const SettledParallelism& parallel, const SettledServer& server,
                       SettledPool& settled) {
    int start = pool.replicas;
    std::string comment = pool.replicas_stated ? short_place(pool.replicas_stated->place) : "the kind's default";
    const Place source = pool.replicas_stated ? pool.replicas_stated->place : pool.place;
    if (parallel.data > 1) {
      comment += ", " + std::to_string(parallel.data) + " data-parallel engines each";
    }
    if (pool.pods > 1) {
      comment += ", " + std::to_string(pool.pods) + " pods each";
    }
    std::optional<ScalingManifest> scaling;
    FoundScaler own;
    if (const FoundScaler* scaler = scaler_of(pool, own)) {
      try {
        scaling = read_scaling_manifest({scaler->root}, {});
        settled.scaler = SettledScaler{scaler->title + " of " + short_place(scaler->root.place), scaler->root};
      } catch (const InputError& error) {
        const std::string sentence =
            "the autoscaler of pool `" + pool.name + "` cannot be simulated; its replicas stay: " + error.what();
        fleet_.unsimulated.push_back(sentence);
        fleet_.warnings.push_back(sentence);
      }
    }
    if (scaling) {
      settle_scaled(*scaling, pool, parallel, server, start, comment, source, settled);
      return;
    }
    const int fitting = hardware_.place(pool, server, parallel.per_pod, start);
    if (fitting < start) {
      const std::string sentence = "pool `" + pool.name + "`: " + std::to_string(start) +
                                   " replicas are asked for, and " + std::to_string(fitting) +
                                   " fit on the nodes: the others stay Pending";
      fleet_.warnings.push_back(sentence);
      comment += ": " + std::to_string(start) + " asked for, " + std::to_string(fitting) +
                 " fit on the nodes, the others stay Pending";
      start = fitting;
      if (start == 0) {
        fail(pool.place, pool.object + ": no replica fits on the nodes; expected one with " +
                             std::to_string(parallel.per_pod) + " free accelerators of a `" + server.server +
                             "`, and with the labels that it requires");
      }
    }
    const int least = annotated_count(pool, "min_replicas", start);
    const int most = annotated_count(pool, "max_replicas", start);
    if (least < start || most > start) {
      settled.keys.push_back({"replicas", range_text(start, std::min(least, start), std::max(most, start)),
                              comment + "; least and most: its annotations", source});
      note_scaled(pool, server, parallel.per_pod, start, std::max(most, start), settled);
    } else if (start == 0) {
      settled.keys.push_back({"replicas", "{start: 0, min: 0}", comment, source});
    } else {
      settled.keys.push_back({"replicas", std::to_string(start * parallel.data), comment, source});
    }
  }

  static int annotated_count(const FoundPool& pool, const std::string& key, int otherwise) {
    const auto found = pool.annotations.find(key);
    return found == pool.annotations.end()
               ? otherwise
               : count_of({found->second, pool.place, "idlewatt/" + key + ": " + found->second}, 0);
  }

  static std::string range_text(int start, int least, int most) {
    return "{start: " + std::to_string(start) + ", min: " + std::to_string(least) + ", max: " + std::to_string(most) +
           "}";
  }

  /// Remembers a pool whose last key is `replicas`, with the replicas that are placed already.
  void note_scaled(const FoundPool& pool, const SettledServer& server, int per_pod, int placed, int most,
                   const SettledPool& settled) {
    scaled_.push_back({.pool = &pool,
                       .server = server,
                       .per_pod = per_pod,
                       .start = placed,
                       .most = most,
                       .settled = fleet_.pools.size(),
                       .key = settled.keys.size() - 1});
  }

  void settle_most(const Scaled& scaled) {
    const int fitting =
        scaled.start + hardware_.place(*scaled.pool, scaled.server, scaled.per_pod, scaled.most - scaled.start);
    if (fitting < scaled.most) {
      SettledKey& replicas = fleet_.pools[scaled.settled].keys[scaled.key];
      replicas.value.insert(replicas.value.size() - 1, ", pending: allowed");
      replicas.comment += "; " + std::to_string(fitting) + " fit on the nodes";
    }
  }

  void settle_scaled(const ScalingManifest& scaling, const FoundPool& pool, const SettledParallelism& parallel,
                     const SettledServer& server, int start, const std::string& comment, const Place& source,
                     SettledPool& settled) {
    if (parallel.data > 1) {
      fail(pool.place, pool.object + ": an autoscaler of pods with " + std::to_string(parallel.data) +
                           " data-parallel engines each is not simulated; expected one engine a pod, or no autoscaler");
    }
    const int minimum = scaling.minimum.count;
    const int maximum = scaling.maximum ? scaling.maximum->count : std::max({start, minimum, 1});
    const int first = std::clamp(start, minimum, std::max(minimum, maximum));
    const int placed = hardware_.place(pool, server, parallel.per_pod, first);
    if (!scaling.maximum) {
      fleet_.unsimulated.push_back(sentence_at(
          scaling.minimum.place,
          "no most replicas are stated for pool `" + pool.name + "`: it keeps to " + std::to_string(maximum)));
    }
    settled.keys.push_back({"replicas", range_text(first, minimum, maximum),
                            comment + "; least and most: " + short_place(scaling.minimum.place), source});
    note_scaled(pool, server, parallel.per_pod, placed, maximum, settled);
  }

  /// The names by which --traffic calls the requests for a pool.
  static std::vector<std::string> names_of_traffic(const FoundPool& pool, const SettledPool& settled) {
    std::vector<std::string> names = stated_models(pool);
    names.push_back(settled.model);
    names.push_back(pool.name);
    return names;
  }

  /// The longest context of each model, where servers limit it: an entry of the catalogue with that limit.
  void settle_contexts(const std::vector<FoundPool>& pools) {
    std::map<std::string, int> least;
    std::map<std::string, std::string> where;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      const Stated* context = pools[i].arguments.find(Setting::context);
      if (context == nullptr) {
        continue;
      }
      const std::string& model = fleet_.pools[i].model;
      const int tokens = context_tokens(*context);
      if (tokens <= 0) {
        continue;  // "auto", -1: the model's own
      }
      if (least.contains(model) && least[model] != tokens) {
        fleet_.unsimulated.push_back(
            sentence_at(context->place,
                        "servers of `" + model + "` have several limits of the context: the least is taken for all"));
      }
      if (!least.contains(model) || tokens < least[model]) {
        least[model] = tokens;
        where[model] = short_place(context->place) + " (" + context->said + ")";
      }
    }
    for (const auto& [model, tokens] : least) {
      const auto known = catalog_->models.find(model);
      if (known == catalog_->models.end() || known->second.context_tokens != tokens) {
        fleet_.entries.push_back({"models", model, "{context_tokens: " + std::to_string(tokens) + "}",
                                  "longest prompt and answer together: " + where[model]});
      }
    }
  }

  void settle_traffic(const std::vector<FoundPool>& pools) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      const std::vector<std::string> called = names_of_traffic(pools[i], fleet_.pools[i]);
      names.insert(called.begin(), called.end());
    }
    refuse_unused("--traffic", answers_->traffic, names);
    for (std::size_t i = 0; i < pools.size(); ++i) {
      const std::string& model = fleet_.pools[i].model;
      const bool there = std::any_of(fleet_.traffic.begin(), fleet_.traffic.end(),
                                     [&](const SettledTraffic& one) { return one.model == model; });
      if (there) {
        continue;
      }
      std::vector<std::string> called;
      for (std::size_t j = i; j < pools.size(); ++j) {
        if (fleet_.pools[j].model == model) {
          const std::vector<std::string> more = names_of_traffic(pools[j], fleet_.pools[j]);
          called.insert(called.end(), more.begin(), more.end());
        }
      }
      std::string path;
      const std::string* answer = answer_for(answers_->traffic, called, path);
      const bool plain = answer != nullptr && answer->find('=') == std::string::npos;
      const bool one_model = std::all_of(fleet_.pools.begin(), fleet_.pools.end(),
                                         [&](const SettledPool& pool) { return pool.model == model; });
      if (answer == nullptr || (plain && !one_model)) {
        throw InputError("no file says which requests come for `" + model + "`; --traffic " +
                         (one_model ? "" : model + "=") +
                         "FILE names a workload or a trace (workloads/chat-hour.yaml is one)");
      }
      fleet_.traffic.push_back({model, path});
    }
  }

  const FoundFleet* found_;
  const ImportAnswers* answers_;
  const ClusterNames* names_;
  const Catalog* catalog_;
  SettledFleet fleet_;
  HardwareSettler hardware_;
  std::vector<Scaled> scaled_ = {};
};

}  // namespace

SettledFleet settle_fleet(const FoundFleet& found, const ImportAnswers& answers, const ClusterNames& names,
                          const Catalog& catalog) {
  return FleetSettler(found, answers, names, catalog).fleet();
}

}  // namespace idlewatt
