#include "bench/bare_loop.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "base/min_tree.hpp"
#include "engine/replica.hpp"
#include "policy/table.hpp"
#include "scenario/pool/pool_physics.hpp"
#include "traffic/open.hpp"

namespace idlewatt {
namespace {

/// Counts outstanding requests for the router, and nothing else.
class Load final : public ReplicaObserver {
 public:
  Load(RoutePolicy& router, ReplicaId number) : router_(&router), number_(number) { tell(); }
  void worked(const Work&) override {}
  void finished(Finished&& finished) override {
    --outstanding_;
    prompt_tokens_ -= finished.request.prompt_tokens;
    tell();
  }
  void sent(std::int32_t prompt_tokens) {
    ++outstanding_;
    prompt_tokens_ += prompt_tokens;
    tell();
  }

 private:
  void tell() {
    router_->load_changed(number_, {.available = true, .outstanding = outstanding_, .prompt_tokens = prompt_tokens_});
  }

  RoutePolicy* router_;
  ReplicaId number_;
  std::int64_t outstanding_ = 0;
  std::int64_t prompt_tokens_ = 0;
};

template <class Policy>
std::unique_ptr<Policy> make(const std::vector<Declaration<Policy>>& table, const PolicyChoice& choice) {
  return find(table, choice.name)->make(choice.parameters);
}

/// Replicas, their router and their next changes.
class BareFleet {
 public:
  explicit BareFleet(const Scenario& scenario) {
    const Pool& pool = scenario.pools.front();
    const Catalog& catalog = *scenario.catalog;
    const Model& model = catalog.models.at(pool.model);
    physics_ = make_physics(pool, catalog);
    const MemoryPlan memory = memory_of(pool, catalog);
    spec_ = std::make_unique<ReplicaSpec>(*physics_, memory.kv_blocks, model.context_tokens,
                                          make(BatchFamily::built_in(), pool.batching)->max_sequences(), memory.layout);
    router_ = make(RouteFamily::built_in(), pool.routing);
    router_->resize(pool.replicas.start);
    changes_.resize(static_cast<std::size_t>(pool.replicas.start), kNoChange);
    for (std::int32_t i = 0; i < pool.replicas.start; ++i) {
      replicas_.push_back(std::make_unique<Replica>(*spec_, make(BatchFamily::built_in(), pool.batching)));
      loads_.push_back(std::make_unique<Load>(*router_, ReplicaId(i)));
    }
  }

  void settle(Ticks now) {
    while (changes_.top_key() <= at_end(now)) {
      const std::size_t i = changes_.top();
      replicas_[i]->change(now, *loads_[i]);
      changes_.update(i, replicas_[i]->next_change());
      ++taken_;
    }
  }

  void arrive(Request request) {
    const Ticks now = request.arrival;
    settle(now);
    const std::size_t i = router_->route(RequestView(request, now, {}), router_random_).value().index();
    if (replicas_[i]->fits(request)) {
      loads_[i]->sent(request.prompt_tokens);
      replicas_[i]->enqueue(std::move(request), now);
      changes_.update(i, replicas_[i]->next_change());
    }
  }

  std::int64_t taken() const { return taken_; }

 private:
  std::unique_ptr<StepModel> physics_;
  std::unique_ptr<ReplicaSpec> spec_;
  std::unique_ptr<RoutePolicy> router_;
  RandomStream router_random_{1, "routing/pool"};
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<std::unique_ptr<Load>> loads_;
  MinTree<ChangeKey> changes_;
  std::int64_t taken_ = 0;
};

}  // namespace

Tally run_bare(const Scenario& scenario) {
  const double start_s = cpu_now_s();
  const Traffic& traffic = scenario.traffic.front();
  const std::unique_ptr<TraceReader> reader = open_traffic(
      {{.name = traffic.name, .file = traffic.file, .generated = traffic.generated, .scale = traffic.scale}},
      scenario.seed);
  BareFleet fleet(scenario);
  Tally tally;
  for (Request request; reader->next(request) && request.arrival < scenario.horizon; request = {}) {
    ++tally.requests;
    fleet.arrive(std::move(request));
  }
  fleet.settle(scenario.horizon);
  tally.replica_changes = fleet.taken();
  tally.cpu_s = cpu_now_s() - start_s;
  return tally;
}

}  // namespace idlewatt
