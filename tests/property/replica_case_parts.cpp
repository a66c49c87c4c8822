// What a case is made of: its physics, its policies, its requests, and how it is printed.
#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "base/splitmix64.hpp"
#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "policy/table.hpp"
#include "property/replica_case.hpp"
#include "support/a100.hpp"
#include "support/batch_policies.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<BatchPolicy> make_continuous(const ReplicaCase& replica_case, double prefill) {
  Parameters parameters;
  parameters.set("max_sequences", replica_case.max_sequences);
  parameters.set("token_budget", static_cast<double>(replica_case.budget));
  parameters.set("prefill", prefill);
  return declare_continuous().make(parameters);
}

}  // namespace

std::unique_ptr<StepModel> ReplicaCase::make_physics() const {
  if (parallel) {
    const Accelerator accelerator = a100();
    Model model = llama_8b();
    const bool experts = parallel->data_attention > 1 || parallel->expert > 1;
    if (experts) {
      model.mixture = ExpertMixture{.experts = 720, .experts_per_token = 6, .shared_experts = 1, .intermediate = 256};
    }
    if (!AttendedContext(kinds).plain()) {
      for (const AttendedKind& kind : kinds) {
        const Attention attention{.heads = model.heads,
                                  .kv_heads = model.kv_heads,
                                  .head_dim = model.head_dim,
                                  .window = static_cast<int>(kind.window),
                                  .chunked = kind.chunked};
        model.kinds.push_back({.count = 2 * static_cast<int>(kind.weight),
                               .attention = attention,
                               .intermediate = experts ? 0 : model.intermediate,
                               .experts = experts});
      }
    }
    const Engine engine = plain_engine();
    return make_transformer({.accelerator = &accelerator,
                             .model = &model,
                             .engine = &engine,
                             .parallel = *parallel,
                             .network_bytes_per_s = 400e9,
                             .network_latency_s = 10e-6,
                             .server_accelerators = 8});
  }
  return std::make_unique<LineModel>(costs, AttendedContext(kinds));
}

std::unique_ptr<BatchPolicy> ReplicaCase::make_policy() const {
  switch (policy) {
    case CasePolicy::continuous:
      return make_continuous(*this, 0);
    case CasePolicy::whole_prompts_first:
      return make_continuous(*this, 1);
    case CasePolicy::window: {
      Parameters parameters;
      parameters.set("max_sequences", max_sequences);
      parameters.set("window", to_seconds(window));
      return declare_window().make(parameters);
    }
    case CasePolicy::together:
      return std::make_unique<OnlyWhenEmpty>(max_sequences, budget, true);
    case CasePolicy::none:
      return declare_no_batching().make({});
    case CasePolicy::prefill_first:
      return std::make_unique<PrefillFirst>(max_sequences, budget, longest);
    case CasePolicy::only_when_empty:
      return std::make_unique<OnlyWhenEmpty>(max_sequences, budget);
    case CasePolicy::as_many_as_wait:
      return std::make_unique<AsManyAsWait>(max_sequences, budget);
    case CasePolicy::in_groups:
      return std::make_unique<InGroups>(max_sequences, budget, 3);
  }
  return nullptr;
}

std::unique_ptr<QueuePolicy> ReplicaCase::make_order() const {
  Parameters parameters;
  switch (order) {
    case CaseOrder::fcfs:
      return declare_fcfs().make({});
    case CaseOrder::shortest_prompt:
    case CaseOrder::shortest_prediction:
      parameters.set("by", order == CaseOrder::shortest_prompt ? 0 : 1);
      parameters.set("error", 0.5);
      return declare_shortest_first().make(parameters);
    case CaseOrder::priority:
      return declare_priority().make({});
    case CaseOrder::deadline:
      parameters.set("within", to_seconds(within));
      parameters.set("lead", to_seconds(lead));
      parameters.set("spare", spare);
      return declare_deadline().make(parameters);
  }
  return nullptr;
}

std::unique_ptr<PrefixPolicy> ReplicaCase::make_prefix() const {
  Parameters parameters;
  parameters.set("block_tokens", 0);
  parameters.set("sessions", sessions_continued ? 1 : 0);
  parameters.set("answers", answers_kept ? 0 : 1);
  return prefix_cache ? declare_lru_prefix_cache().make(parameters) : declare_no_prefix_cache().make({});
}

Request ReplicaCase::request(std::size_t index) const {
  Request result;
  result.id = static_cast<std::int64_t>(index);
  // Some requests were on their way for a while: the replica must go by the time at which they reach it.
  result.arrival = std::max<Ticks>(0, requests[index].at - static_cast<Ticks>(index % 3) * 5);
  result.prompt_tokens = requests[index].prompt;
  result.output_tokens = requests[index].output;
  result.priority = requests[index].priority;
  if (requests[index].deadline != kNever) {
    result.deadline_class = DeadlineClass::deferrable;
    result.deadline = requests[index].deadline;
  }
  result.session = requests[index].session;
  // Several traces may come to one replica.
  result.block_tokens = static_cast<std::int32_t>(index % 7 == 6 && mixed_blocks ? 16 : block_tokens);
  const double hashes = std::ceil(static_cast<double>(result.prompt_tokens) / result.block_tokens);
  const auto labelled = static_cast<std::int64_t>(hashes * requests[index].labelled);
  for (std::int64_t i = 0; prefix_cache && i < labelled; ++i) {
    const std::uint64_t own = result.session == 0 ? 1000 + static_cast<std::uint64_t>(index) : 100 + result.session;
    const std::uint64_t owner = i < requests[index].shared_blocks ? requests[index].family : own;
    const std::uint64_t hash = owner << 20U | static_cast<std::uint64_t>(i);
    // Several hashes of one KV block go together, as in a trace where each covers all before it.
    const bool chained = result.block_tokens < kKvBlockTokens && i > 0;
    result.prefix_blocks.push_back(chained ? mixed(result.prefix_blocks.back() + hash) : hash);
  }
  return result;
}

std::int32_t ReplicaCase::context_tokens() const {
  return static_cast<std::int32_t>(longest + 1);
}

std::string ReplicaCase::print() const {
  constexpr std::array kNames{"continuous",      "none",      "prefill_first",       "only_when_empty",
                              "as_many_as_wait", "in_groups", "whole_prompts_first", "window",
                              "together"};
  constexpr std::array kOrders{"fcfs", "shortest_prompt", "shortest_prediction", "priority", "deadline"};
  std::ostringstream out;
  out << "seed " << seed << ": policy " << kNames[static_cast<std::size_t>(policy)] << ", max_sequences "
      << max_sequences << ", budget " << budget << ", blocks " << blocks << ", longest " << longest << ", window "
      << window << "\n  order " << kOrders[static_cast<std::size_t>(order)] << ", within " << within << ", lead "
      << lead << ", spare " << spare << (prefix_cache ? ", prefix cache" : "") << " of hashes of " << block_tokens
      << " tokens" << (mixed_blocks ? " or 16" : "") << (sessions_continued ? ", sessions continued" : "")
      << (answers_kept ? "" : ", answers ignored") << (hands_over ? ", hands over" : "")
      << (scheduler.asynchronous ? ", asynchronous" : "") << ", front end " << scheduler.per_request << " and "
      << scheduler.per_prompt_token << " a token\n";
  for (const AttendedKind& kind : kinds) {
    out << "  reads " << kind.weight << (kind.chunked ? " in blocks of " : " in a window of ") << kind.window << "\n";
  }
  for (const KvLayout::Group& group : layout.groups) {
    out << "  keeps " << group.blocks << " blocks of " << group.pages << " pages, state " << layout.state_blocks
        << "\n";
  }
  if (parallel) {
    out << "  physics of A100s: tensor " << parallel->tensor << " on " << parallel->tensor_servers
        << " servers, pipeline " << parallel->pipeline << ", data_attention " << parallel->data_attention
        << ", context " << parallel->context << ", kv_split " << parallel->kv_split << ", expert " << parallel->expert
        << " + " << parallel->redundant_experts << " x " << parallel->expert_imbalance << "\n";
  } else {
    out << "  per sequence " << costs.duration_per_sequence << " ticks " << costs.energy_per_sequence_fj
        << " fJ; per prefill token " << costs.duration_per_prefill_token << " ticks "
        << costs.energy_per_prefill_token_fj << " fJ; per prefill context " << costs.duration_per_prefill_context
        << " ticks; per prefill attention " << costs.energy_per_prefill_attention_fj << " fJ\n";
  }
  for (const CostPiece& piece : costs.pieces) {
    out << "  from context " << piece.from_context << ": " << piece.duration_at_zero << " + "
        << piece.duration_per_token << " c ticks, " << static_cast<double>(piece.energy_at_zero_fj) << " + "
        << piece.energy_per_token_fj << " c fJ\n";
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    out << "  request " << i << " at " << requests[i].at << ": prompt " << requests[i].prompt << ", output "
        << requests[i].output << ", priority " << requests[i].priority << ", deadline " << requests[i].deadline
        << ", family " << requests[i].family << " (" << requests[i].shared_blocks << " blocks), session "
        << requests[i].session << ", labelled " << requests[i].labelled << ", cancelled " << requests[i].cancelled
        << ", held " << requests[i].held << (requests[i].received ? ", received" : "") << "\n";
  }
  for (const Ticks pace : paces) {
    out << "  at " << pace << ": slow or whole again (" << slowness << ")\n";
  }
  return out.str();
}

}  // namespace idlewatt
