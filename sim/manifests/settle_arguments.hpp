// The arguments of a server as keys of a pool.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "manifests/settled_fleet.hpp"

namespace idlewatt {

/// How a server divides its model, and over how many accelerators.
struct SettledParallelism {
  int tensor = 1;
  int pipeline = 1;
  int data = 1;            ///< engines of one pod, or of the pods of one server: as many replicas
  int data_attention = 1;  ///< engines that share the routed experts: one replica
  int expert = 1;          ///< accelerators that the routed experts are spread over
  int per_pod = 1;         ///< accelerators

  int accelerators() const { return tensor * pipeline * data * data_attention; }
};

/// Tokens of a limit of the context: "32768", "32k"; 0 where it is none.
int context_tokens(const Stated& stated);

class ArgumentSettler {
 public:
  /// `model` is null where it is not in the catalogue.
  ArgumentSettler(const FoundPool& pool, const Model* model, SettledFleet& fleet)
      : pool_(&pool), model_(model), fleet_(&fleet) {}

  /// Throws InputError where degrees and accelerators do not agree. `by_instance` says how many accelerators the pool's
  /// instance type has, 0 where it has none.
  SettledParallelism parallelism(const std::function<int()>& by_instance) const;

  /// Throws InputError where the accelerators that divide a stage would stand on several servers.
  void check_server(const SettledParallelism& parallel, int accelerators, const std::string& server) const;

  void write_parallelism(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const;
  /// `named` is the precision that the model's name says; empty: none.
  void precision(const std::string& named, std::vector<SettledKey>& keys) const;
  void engine(std::vector<SettledKey>& keys) const;
  /// The precision of the KV cache, and the share of memory that the engine takes.
  void memory(std::vector<SettledKey>& keys) const;
  void batching(const SettledParallelism& parallel, std::vector<SettledKey>& keys) const;
  void prefix_cache(std::vector<SettledKey>& keys) const;
  /// Notes what of the arguments has no key.
  void rest() const;

 private:
  int degree(Setting setting) const;
  bool is_on(Setting setting) const;
  void divide(SettledParallelism& parallel) const;
  std::string from(Setting setting) const;
  void note(const Stated& stated, const std::string& sentence) const;

  const FoundPool* pool_;
  const Model* model_;
  SettledFleet* fleet_;
};

}  // namespace idlewatt
