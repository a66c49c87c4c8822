// Converts the arguments of a server into keys of a pool.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/settled_fleet.hpp"

namespace idlewatt {

/// The parallelism of a server, with the number of accelerators.
struct SettledParallelism {
  int tensor = 1;
  int pipeline = 1;
  int data = 1;            ///< number of engines in one pod, or in the pods of one server; each becomes a replica
  int context = 1;         ///< ranks among which each sequence's tokens are divided
  int kv_split = 1;        ///< parts of keys and values that tensor parallelism would repeat
  int data_attention = 1;  ///< number of engines that share the routed experts and are one replica
  int expert = 1;          ///< number of accelerators over which the routed experts are spread
  int per_pod = 1;         ///< accelerators per pod

  int accelerators() const { return tensor * pipeline * data * data_attention * context; }
};

/// Keys of a pool for which engines have no argument: annotations `idlewatt/...` have them.
inline constexpr std::array<std::string_view, 3> kAnnotatedKeys{"request_overhead", "request_overhead_per_token",
                                                                "steps_in_flight"};

/// The tokens of a context limit: "32768", "32k"; 0 for any other text.
int context_tokens(const Stated& stated);

/// Converts the arguments of one pool's server into keys, and notes those that have none.
class ArgumentSettler {
 public:
  /// Makes the converter. `model` is null for a model that is not in the catalogue.
  ArgumentSettler(const FoundPool& pool, const Model* model, const Catalog& catalog, SettledFleet& fleet)
      : pool_(&pool), model_(model), catalog_(&catalog), fleet_(&fleet) {}

  /// The parallelism of the server. `by_instance` returns the number of accelerators of the pool's instance type, 0
  /// without one. Throws InputError when degrees and accelerators do not agree.
  SettledParallelism parallelism(const std::function<int()>& by_instance) const;

  /// Checks that the accelerators that divide a stage are on one server. Throws InputError otherwise.
  void check_server(const SettledParallelism& parallel, int accelerators, const std::string& server) const;

  void write_parallelism(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const;
  /// Adds the precision. `named` is the precision in the model's name; empty: none.
  void precision(const std::string& named, std::vector<SettledKey>& keys) const;
  /// The engine's profile.
  SettledKey engine() const;
  /// Adds the precision of the KV cache, and the share of memory that the engine takes.
  void memory(std::vector<SettledKey>& keys) const;
  void batching(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const;
  void prefix_cache(std::vector<SettledKey>& keys) const;
  /// Adds the keys that only annotations state.
  void annotated(std::vector<SettledKey>& keys) const;
  /// Notes the arguments for which there is no key.
  void rest() const;

 private:
  int degree(Setting setting) const;
  bool is_on(Setting setting) const;
  void divide(SettledParallelism& parallel) const;
  std::string from(Setting setting) const;
  void note(const Stated& stated, const std::string& sentence) const;

  const FoundPool* pool_;
  const Model* model_;
  const Catalog* catalog_;
  SettledFleet* fleet_;
};

}  // namespace idlewatt
