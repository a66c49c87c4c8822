#include <limits>
#include <set>

#include "claims/claim.hpp"
#include "scenario/catalog/entry_figures.hpp"
#include "scenario/claim/read_claim.hpp"
#include "scenario/pool/physics_answer.hpp"

namespace idlewatt {
namespace {

class Values {
 public:
  void set(const std::string& name, double value) { values_[expression_name(name)] = value; }

  template <class Map>
  void add_entries(const std::string& kind, const Map& entries) {
    for (const auto& [name, entry] : entries) {
      // An entry's name is one part of the path, dots in it included.
      for (const EntryFigure& figure : figures_of(entry)) {
        set("catalog." + kind + "." + name + "." + figure.key, figure.value);
      }
    }
  }

  /// Of all accelerators of the replica, and at the plug of the server with their share of the rest of it.
  void add_step(const std::string& name, const PhysicsAnswer& answer, const StepRow& row) {
    const Server& server = *answer.server;
    const double accelerators = answer.accelerators();
    const double wall_w = accelerators * (row.accelerator_power_w * (1.0 + server.overhead_per_accelerator_w.value) +
                                          server.base_w.value / server.accelerators);
    set(name + ".step_s", row.step_s);
    set(name + ".tokens_per_s", row.tokens_per_s);
    set(name + ".accelerator_power_w", row.accelerator_power_w);
    set(name + ".energy_per_token_j", row.energy_per_token_j);
    set(name + ".wall_power_w", wall_w);
    set(name + ".wall_energy_per_token_j", wall_w / row.tokens_per_s);
    set(name + ".fits", row.in_memory ? 1.0 : 0.0);
    set(name + ".accelerators", accelerators);
    set(name + ".kv_tokens", static_cast<double>(answer.kv_tokens()));
    set(name + ".kv_bytes_per_token",
        answer.model->kv_bytes_per_token(answer.pool.parallel.tensor, answer.pool.kv_format) *
            answer.pool.parallel.tensor);
    set(name + ".weight_bytes", answer.model->weight_bytes(answer.pool.precision));
  }

  double get(const std::string& name) const { return values_.at(expression_name(name)); }

  NamedValues take() { return std::move(values_); }

 private:
  NamedValues values_;
};

void add_physics(const ClaimStep& step, const Catalog& catalog, Values& values) {
  PhysicsQuestion question;
  const std::string name = "physics." + step.name;
  if (step.batches.empty()) {
    question.prompts = {step.prompt};
    question.computed = {step.context};
  } else {
    question.batches = step.batches;
    question.contexts = {step.context};
  }
  const PhysicsAnswer answer = answer_physics(step.pool, catalog, question);
  const StepRow* best = nullptr;
  const auto name_of = [&](const StepRow& row) {
    return step.is_list ? name + ".batch_" + std::to_string(row.batch) : name;
  };
  const auto energy_of = [&](const StepRow& row) { return values.get(name_of(row) + ".wall_energy_per_token_j"); };
  for (const StepRow& row : answer.decode) {
    values.add_step(name_of(row), answer, row);
    const bool may_be = row.in_memory && row.step_s <= step.within_s;
    if (may_be && (best == nullptr || energy_of(row) < energy_of(*best))) {
      best = &row;
    }
  }
  if (step.is_list) {
    // Without one that fits in memory and time nothing is known of the best: a claim that rests on it says so.
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    StepRow none{.step_s = unknown,
                 .tokens_per_s = unknown,
                 .accelerator_power_w = unknown,
                 .energy_per_token_j = unknown,
                 .parts = {}};
    values.add_step(name + ".best", answer, best != nullptr ? *best : none);
    values.set(name + ".best.batch", best != nullptr ? static_cast<double>(best->batch) : unknown);
  }
  for (const StepRow& row : answer.prefill) {
    values.add_step(name, answer, row);
  }
}

}  // namespace

NamedValues claim_values(const ClaimFile& claim, const Catalog& catalog, const std::vector<ClaimRun>& runs) {
  Values values;
  values.add_entries("accelerators", catalog.accelerators);
  values.add_entries("servers", catalog.servers);
  values.add_entries("models", catalog.models);
  values.add_entries("engines", catalog.engines);
  for (const ClaimStep& step : claim.steps) {
    add_physics(step, catalog, values);
  }
  std::set<std::string> taken;
  for (const ClaimRun& run : runs) {
    if (!taken.insert(expression_name(run.variant)).second) {
      throw InputError(claim.path + ": variant `" + run.variant +
                       "` has the same name in expressions as another one, `" + expression_name(run.variant) +
                       "`; expected another name");
    }
    const std::string name = run.variant.empty() ? "run." : "run." + run.variant + ".";
    for (const Measure& measure : measures()) {
      values.set(name + measure.name, measure.get(run.summary));
    }
  }
  for (const ClaimGiven& given : claim.given) {
    values.set(given.name, given.value);
  }
  return values.take();
}

}  // namespace idlewatt
