// A replica on a bench: round numbers for its costs, every report kept, so that a test can be worked out on paper.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/replica.hpp"
#include "policy/table.hpp"
#include "support/line_model.hpp"

namespace idlewatt {

struct BenchSetup {
  std::int64_t blocks = 100;
  std::int32_t context = 1000;
  int max_sequences = 8;
  int token_budget = 1000;
};

class BenchReplica final : public ReplicaObserver {
 public:
  explicit BenchReplica(LineModelCosts costs, BenchSetup setup = {}) : BenchReplica(std::move(costs), setup, nullptr) {}

  BenchReplica(LineModelCosts costs, BenchSetup setup, std::unique_ptr<BatchPolicy> policy,
               const PrefixPolicy* prefix = nullptr, const QueuePolicy* order = nullptr)
      : physics(std::move(costs)),
        spec(physics, setup.blocks, setup.context, setup.max_sequences),
        replica(with(spec, prefix, order), policy ? std::move(policy) : continuous(setup)) {}

  void arrive(std::int64_t id, Ticks at, std::int32_t prompt, std::int32_t output) {
    Request request;
    request.id = id;
    request.arrival = at;
    request.prompt_tokens = prompt;
    arrive(request, output);
  }
  /// At its arrival.
  void arrive(Request request, std::int32_t output) {
    request.output_tokens = output;
    advance_to(request.arrival);
    replica.enqueue(Request(request), request.arrival);
  }
  void arrive(Request request, std::int32_t output, Ticks at) {
    request.arrival = at;
    arrive(std::move(request), output);
  }
  void advance_to(Ticks now) {
    replica.advance_to(now, *this);
    advanced_to = now;
  }
  /// When the replica was advanced last.
  std::int64_t blocks_in_use() const { return replica.blocks_in_use(advanced_to); }
  void report_work(Ticks now) { replica.report_work(now, *this); }

  void worked(const Work& piece) override { work.push_back(piece); }
  void finished(Finished&& report) override { reports.push_back(std::move(report)); }

  LineModel physics;
  ReplicaSpec spec;
  Replica replica;
  Ticks advanced_to = 0;
  std::vector<Work> work;
  std::vector<Finished> reports;

 private:
  static ReplicaSpec& with(ReplicaSpec& spec, const PrefixPolicy* prefix, const QueuePolicy* order) {
    spec.prefix = prefix;
    spec.queue = order;
    return spec;
  }
  static std::unique_ptr<BatchPolicy> continuous(const BenchSetup& setup) {
    const BatchDeclaration declaration = declare_continuous();
    Parameters parameters = Parameters::defaults_of(declaration.info);
    parameters.set("max_sequences", setup.max_sequences);
    parameters.set("token_budget", setup.token_budget);
    return declaration.make(parameters);
  }
};

/// 100 ticks + 1 per context token + 10 per sequence + 2 per prompt token; 1000 fJ + 3 per context token + 7 per
/// prompt token.
inline LineModelCosts round_costs() {
  LineModelCosts costs;
  costs.pieces = {{.from_context = 0,
                   .duration_at_zero = 100,
                   .duration_per_token = 1,
                   .energy_at_zero_fj = 1000,
                   .energy_per_token_fj = 3}};
  costs.duration_per_sequence = 10;
  costs.duration_per_prefill_token = 2;
  costs.energy_per_prefill_token_fj = 7;
  return costs;
}

/// Every step takes 10 ticks and 100 fJ.
inline LineModelCosts constant_costs() {
  LineModelCosts costs;
  costs.pieces = {{.from_context = 0,
                   .duration_at_zero = 10,
                   .duration_per_token = 0,
                   .energy_at_zero_fj = 100,
                   .energy_per_token_fj = 0}};
  return costs;
}

}  // namespace idlewatt
