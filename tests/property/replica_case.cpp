#include "property/replica_case.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.hpp"
#include "physics/memory_plan.hpp"
#include "property/step_oracle.hpp"

namespace idlewatt {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : stream_(seed, "replica case") {}

  /// In [low, high].
  std::int64_t uniform(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(stream_.uniform() * static_cast<double>(high - low + 1));
  }
  /// In [low, high], small numbers as likely as large ones.
  std::int64_t magnitude(std::int64_t low, std::int64_t high) {
    const double ratio = static_cast<double>(high + 1) / static_cast<double>(low);
    const double value = static_cast<double>(low) * std::pow(ratio, stream_.uniform());
    return std::clamp(static_cast<std::int64_t>(value), low, high);
  }
  bool chance(double probability) { return stream_.uniform() < probability; }

 private:
  RandomStream stream_;
};

/// Pieces as no physics would have them: convex or not, with jumps or without, flat ones among them.
std::vector<CostPiece> random_pieces(Dice& dice, Ticks scale) {
  const std::int64_t count = dice.chance(0.4) ? 1 : dice.uniform(2, 6);
  const bool jumps = dice.chance(0.3);
  const std::int64_t energy_scale = dice.magnitude(1, 10'000'000'000'000'000);
  const std::int64_t reach = dice.magnitude(4, 3000);
  std::vector<CostPiece> pieces;
  std::int64_t from = 0;
  Ticks duration = dice.uniform(1, scale);
  std::int64_t energy = dice.uniform(0, energy_scale);
  for (std::int64_t i = 0; i < count; ++i) {
    CostPiece piece;
    piece.from_context = from;
    piece.duration_per_token = dice.chance(0.3) ? 0 : dice.uniform(0, std::max<std::int64_t>(1, scale / 50));
    piece.energy_per_token_fj = dice.chance(0.3) ? 0 : dice.uniform(0, energy_scale / 20);
    piece.duration_at_zero = duration - piece.duration_per_token * from;
    piece.energy_at_zero_fj = energy - static_cast<int128_t>(piece.energy_per_token_fj) * from;
    pieces.push_back(piece);
    from += dice.uniform(1, reach);
    duration = jumps ? dice.uniform(1, scale) : piece.at(from).duration;
    energy = jumps ? dice.uniform(0, energy_scale) : static_cast<std::int64_t>(piece.at(from).energy.fj);
  }
  return pieces;
}

void choose_physics(Dice& dice, ReplicaCase& result) {
  if (dice.chance(0.2)) {
    result.parallel = Parallelism{.tensor = dice.chance(0.7) ? 1 : 2};
    return;
  }
  constexpr std::array<Ticks, 4> kScales{1, 7, 1000, 3'000'000'000};
  const Ticks scale = kScales[static_cast<std::size_t>(dice.uniform(0, 3))];
  if (dice.chance(0.25)) {
    CostPiece constant;
    constant.duration_at_zero = dice.uniform(1, scale);
    constant.energy_at_zero_fj = dice.uniform(0, 1'000'000'000'000'000);
    result.costs.pieces = {constant};
    return;
  }
  result.costs.pieces = random_pieces(dice, scale);
  if (dice.chance(0.6)) {
    result.costs.duration_per_sequence = dice.uniform(0, std::max<std::int64_t>(1, scale / 10));
    result.costs.duration_per_prefill_token = dice.uniform(0, std::max<std::int64_t>(1, scale / 100));
    result.costs.duration_per_prefill_context = dice.uniform(0, std::max<std::int64_t>(1, scale / 1000));
    result.costs.energy_per_sequence_fj = dice.magnitude(1, 1'000'000'000'000);
    result.costs.energy_per_prefill_token_fj = dice.magnitude(1, 1'000'000'000'000);
    result.costs.energy_per_prefill_attention_fj = dice.magnitude(1, 1'000'000'000);
  }
}

/// Lengths at and beside multiples of a block are where block arithmetic goes wrong.
std::int32_t random_length(Dice& dice, std::int64_t most) {
  std::int64_t length = dice.magnitude(1, most);
  if (dice.chance(0.25)) {
    length = (length + kKvBlockTokens - 1) / kKvBlockTokens * kKvBlockTokens + dice.uniform(-1, 1);
  }
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, length));
}

void choose_requests(Dice& dice, ReplicaCase& result) {
  const std::int64_t kind = dice.uniform(0, 99);
  const bool huge = kind < 3;
  const std::int64_t count =
      huge ? dice.uniform(1, 5) : dice.magnitude(kind > 90 ? 40 : 1, kind < 30 || kind > 90 ? 150 : 25);
  const std::int64_t most_prompt = huge ? 4000 : dice.magnitude(1, 400);
  const std::int64_t most_output = huge ? 3000 : dice.magnitude(1, 300);
  for (std::int64_t i = 0; i < count; ++i) {
    const CaseRequest request{0, random_length(dice, most_prompt), random_length(dice, most_output)};
    result.longest = std::max<std::int64_t>(result.longest, request.prompt + request.output - 1);
    result.requests.push_back(request);
  }
}

void choose_engine(Dice& dice, ReplicaCase& result) {
  constexpr std::array kPolicies{CasePolicy::continuous,
                                 CasePolicy::continuous,
                                 CasePolicy::continuous,
                                 CasePolicy::none,
                                 CasePolicy::prefill_first,
                                 CasePolicy::prefill_first,
                                 CasePolicy::only_when_empty,
                                 CasePolicy::as_many_as_wait,
                                 CasePolicy::in_groups,
                                 CasePolicy::whole_prompts_first,
                                 CasePolicy::whole_prompts_first,
                                 CasePolicy::window,
                                 CasePolicy::window,
                                 CasePolicy::together};
  result.policy = kPolicies[static_cast<std::size_t>(dice.uniform(0, kPolicies.size() - 1))];
  result.max_sequences = result.policy == CasePolicy::none ? 1 : static_cast<std::int32_t>(dice.magnitude(1, 32));
  result.budget = dice.chance(0.5) ? dice.uniform(1, 40) : dice.magnitude(16, 8192);
  // From a cache that just holds the longest request to one that is never full.
  const std::int64_t least = (result.longest + kKvBlockTokens - 1) / kKvBlockTokens;
  constexpr std::array<std::int64_t, 6> kSpare{0, 1, 1, 2, 4, 40};
  const std::int64_t spare = kSpare[static_cast<std::size_t>(dice.uniform(0, kSpare.size() - 1))];
  result.blocks = least + dice.uniform(0, spare * std::max<std::int64_t>(least, 2));
}

/// Takes `steps` whole steps and gives the end of the last (or `now`, when there is nothing to do).
Ticks after_steps(StepOracle& oracle, std::int64_t steps, Ticks now) {
  for (std::int64_t i = 0; i < steps; ++i) {
    const Ticks boundary = oracle.next_time();
    if (boundary == kNever) {
      return now;
    }
    oracle.advance_to(boundary + 1);
    const Ticks end = oracle.next_time();
    if (end == kNever) {
      return std::max(now, boundary + 1);
    }
    oracle.advance_to(end);
    now = std::max(now, end);
  }
  return now;
}

/// A time that is typical of the case.
Ticks typical_time(Dice& dice, const ReplicaCase& result) {
  const Ticks step = result.make_physics()->line({.decode_sequences = 1}).at(result.longest).duration;
  return std::max<Ticks>(1, step * dice.magnitude(1, 200));
}

void choose_order_and_prefixes(Dice& dice, ReplicaCase& result, Ticks typical) {
  result.window = dice.uniform(0, 3 * typical);
  if (dice.chance(0.6)) {
    result.order = static_cast<CaseOrder>(dice.uniform(1, 4));
    result.within = dice.uniform(0, 4 * typical);
    result.lead = dice.uniform(0, 10 * typical);
    result.spare = static_cast<double>(dice.uniform(0, 4)) / 4.0;
    const double deferrable = dice.chance(0.5) ? 0.4 : 0.9;
    for (CaseRequest& request : result.requests) {
      request.priority = static_cast<std::int16_t>(dice.uniform(-1, 2));
      // So long after its arrival, for now.
      request.deadline = dice.chance(deferrable) ? dice.uniform(0, 30 * typical) : kNever;
    }
  }
  result.prefix_cache = dice.chance(0.4);
  if (result.prefix_cache) {
    const std::int64_t families = dice.uniform(1, 4);
    for (CaseRequest& request : result.requests) {
      request.family = static_cast<std::uint64_t>(dice.uniform(0, families));
      request.shared_blocks = dice.magnitude(1, 30);
    }
  }
}

/// Half of the cases with a prefix cache have conversations, or hashes of other blocks, or of a part of the prompts.
/// Some turns repeat what their sessions said before, token for token, and go on.
void choose_conversations(ReplicaCase& result) {
  Dice dice(result.seed ^ 0x5e5510);
  if (!result.prefix_cache || dice.chance(0.5)) {
    return;
  }
  constexpr std::array<std::int64_t, 5> kBlockTokens{16, 16, 24, 64, 8};
  result.block_tokens = kBlockTokens[static_cast<std::size_t>(dice.uniform(0, 4))];
  result.mixed_blocks = dice.chance(0.3);
  result.sessions_continued = dice.chance(0.4);
  result.answers_kept = dice.chance(0.8);
  const std::int64_t sessions = dice.magnitude(1, 6);
  const double unlabelled = dice.chance(0.5) ? 0.0 : 0.3;
  const double follows = 0.1 * static_cast<double>(dice.uniform(0, 10));
  for (std::size_t i = 0; i < result.requests.size(); ++i) {
    CaseRequest& request = result.requests[i];
    request.session = dice.chance(0.8) ? static_cast<std::uint64_t>(dice.uniform(1, sessions)) : 0;
    request.labelled = dice.chance(unlabelled) ? 0.25 * static_cast<double>(dice.uniform(0, 3)) : 1.0;
    for (std::size_t before = i; before > 0 && request.session != 0 && dice.chance(follows); --before) {
      const CaseRequest& last = result.requests[before - 1];
      if (last.session == request.session && last.prompt + last.output + request.output <= result.longest) {
        request.prompt =
            last.prompt + last.output +
            static_cast<std::int32_t>(dice.uniform(
                0, std::min<std::int64_t>(40, result.longest - last.prompt - last.output - request.output)));
        request.shared_blocks = last.shared_blocks;
        request.family = last.family;
        request.labelled = last.labelled;
        break;
      }
    }
  }
}

/// Of every third case: layers with windows, blocks of positions, states. Widths around the lengths of the requests,
/// and around pages. A prefix cache keeps all pages of all layers.
void choose_windows(ReplicaCase& result) {
  Dice dice(result.seed ^ 0x3177d0);
  if (!dice.chance(0.33)) {
    return;
  }
  const auto width = [&] {
    return dice.chance(0.3) ? kKvBlockTokens * dice.uniform(1, 8) + dice.uniform(-1, 1) : dice.magnitude(1, 600);
  };
  result.kinds.clear();
  for (std::int64_t count = dice.uniform(1, 3); count > 0; --count) {
    const bool windowed = dice.chance(0.7);
    result.kinds.push_back(
        {.weight = dice.uniform(1, 6), .window = windowed ? width() : 0, .chunked = windowed && dice.chance(0.3)});
  }
  if (result.prefix_cache || dice.chance(0.2)) {
    return;
  }
  const std::int64_t before = result.layout.blocks(result.longest);
  result.layout.groups.clear();
  result.layout.state_blocks = dice.chance(0.3) ? dice.uniform(1, 5) : 0;
  for (std::int64_t count = dice.uniform(result.layout.state_blocks > 0 ? 0 : 1, 3); count > 0; --count) {
    result.layout.groups.push_back(
        {.blocks = dice.uniform(1, 4), .pages = dice.chance(0.6) ? dice.magnitude(1, 40) : 0});
  }
  const std::int64_t now = result.layout.blocks(result.longest);
  result.blocks = now + (result.blocks - before) * result.layout.blocks_per_page();
}

/// Of most cases with an A100's physics: stages, ranks and experts. Tokens are divided where no layer has a window.
void choose_layout(ReplicaCase& result) {
  Dice dice(result.seed ^ 0x1a0a7);
  if (!result.parallel || dice.chance(0.2)) {
    return;
  }
  const auto power = [&](std::int64_t most) { return static_cast<std::int32_t>(1 << dice.uniform(0, most)); };
  Parallelism& parallel = *result.parallel;
  parallel.tensor = power(4);
  parallel.tensor_servers = parallel.tensor > 8 ? 2 : 1;
  parallel.pipeline = dice.chance(0.7) ? 1 : static_cast<std::int32_t>(dice.uniform(2, 5));
  if (dice.chance(0.6)) {
    parallel.data_attention = dice.chance(0.4) ? 1 : static_cast<std::int32_t>(dice.uniform(2, 9));
  }
  if (AttendedContext(result.kinds).plain()) {
    parallel.context = dice.chance(0.5) ? 1 : power(3);
    parallel.kv_split = parallel.tensor > 8 && dice.chance(0.7) ? 2 : 1;  // of 8 KV heads
  }
  if (dice.chance(0.7)) {
    parallel.expert = parallel.tensor * parallel.context * (dice.chance(0.5) ? parallel.data_attention : 1);
    parallel.redundant_experts = static_cast<std::int32_t>(dice.uniform(0, 1)) * parallel.expert;
    parallel.expert_imbalance = 1.0 + 0.25 * static_cast<double>(dice.uniform(0, 2));
  }
}

/// Half of the cases have a front end, two steps in flight, or both.
void choose_scheduler(ReplicaCase& result, Ticks typical) {
  Dice dice(result.seed ^ 0xf407e);
  result.scheduler.asynchronous = dice.chance(0.35);
  if (dice.chance(0.3)) {
    result.scheduler.per_request = dice.chance(0.3) ? dice.uniform(0, 3) : dice.uniform(0, 2 * typical);
    result.scheduler.per_prompt_token = dice.chance(0.5) ? 0 : dice.uniform(0, std::max<Ticks>(1, typical / 40));
  }
}

/// Arrivals on, just before and just after step boundaries are made by running the oracle beside the generator.
void choose_arrivals(Dice& dice, ReplicaCase& result, Ticks typical) {
  const std::unique_ptr<StepModel> physics = result.make_physics();
  const std::unique_ptr<QueuePolicy> order = result.make_order();
  const std::unique_ptr<PrefixPolicy> prefix = result.make_prefix();
  StepOracle oracle(*physics, result.blocks, result.make_policy(), *order, *prefix, false, result.layout,
                    result.scheduler);
  const double burstiness = static_cast<double>(dice.uniform(1, 9)) / 10.0;
  Ticks now = dice.chance(0.5) ? 0 : dice.uniform(0, 10 * typical);
  if (dice.chance(0.05)) {
    now += 2 * 365 * 86'400LL * kTicksPerSecond;  // two years: late times must lose no tick
  }
  for (std::size_t i = 0; i < result.requests.size(); ++i) {
    if (i > 0 && !dice.chance(burstiness)) {
      const std::int64_t kind = dice.uniform(0, 9);
      if (kind < 4) {
        now = after_steps(oracle, dice.magnitude(1, 60), now);
      } else if (kind == 4) {
        const Ticks end = after_steps(oracle, dice.magnitude(1, 60), now);
        oracle.advance_to(end + 1);
        now = oracle.next_time() == kNever ? end + 1 : std::max(end + 1, oracle.next_time() - 1);
      } else if (kind == 5) {
        now = after_steps(oracle, dice.magnitude(1, 60), now) + 1;
      } else if (kind == 6) {
        now = after_steps(oracle, 1'000'000, now) + (dice.chance(0.3) ? 0 : dice.uniform(1, 20 * typical));
      } else {
        now += dice.uniform(0, typical);
      }
    }
    oracle.advance_to(now);
    result.requests[i].at = now;
    if (result.requests[i].deadline != kNever) {
      result.requests[i].deadline += now;
    }
    oracle.enqueue(result.request(i), now);
  }
}

/// Of every third case; often where something happens.
void choose_paces(ReplicaCase& result, Ticks typical) {
  Dice dice(result.seed + 1'000'000'007);
  if (dice.chance(0.67)) {
    return;
  }
  result.slowness = dice.chance(0.5) ? 2.0 : 1.0 + static_cast<double>(dice.magnitude(1, 400)) / 100.0;
  const Ticks last = result.requests.back().at;
  for (std::int64_t count = dice.uniform(1, 6); count > 0; --count) {
    const auto request =
        static_cast<std::size_t>(dice.uniform(0, static_cast<std::int64_t>(result.requests.size()) - 1));
    result.paces.push_back(dice.chance(0.3) ? result.requests[request].at : dice.uniform(0, last + 4 * typical));
  }
  std::sort(result.paces.begin(), result.paces.end());
}

/// Of some cases, from few to all requests: at boundaries, beside them, and anywhere in their lives.
void choose_cancels(ReplicaCase& result) {
  Dice dice(result.seed ^ 0xcace1);
  if (dice.chance(0.5)) {
    return;
  }
  const std::unique_ptr<StepModel> physics = result.make_physics();
  const std::unique_ptr<QueuePolicy> order = result.make_order();
  const std::unique_ptr<PrefixPolicy> prefix = result.make_prefix();
  StepOracle oracle(*physics, result.blocks, result.make_policy(), *order, *prefix, false, result.layout,
                    result.scheduler);
  for (std::size_t i = 0; i < result.requests.size(); ++i) {
    oracle.advance_to(result.requests[i].at);
    oracle.enqueue(result.request(i), result.requests[i].at);
  }
  oracle.advance_to(kNever - 1);
  const double share = static_cast<double>(dice.uniform(1, 10)) / 10.0;
  Ticks last = kNever;
  for (const OracleFinished& ended : oracle.finished()) {
    CaseRequest& request = result.requests[static_cast<std::size_t>(ended.finished.request.id)];
    if (!dice.chance(share)) {
      continue;
    }
    const OracleStep& step =
        oracle.steps()[static_cast<std::size_t>(dice.uniform(0, static_cast<std::int64_t>(oracle.steps().size()) - 1))];
    const std::int64_t kind = dice.uniform(0, 9);
    if (kind < 3 && last != kNever) {
      request.cancelled = last;  // several at once
    } else if (kind < 5) {
      request.cancelled = (kind == 3 ? step.from : step.to) + dice.uniform(-1, 1);
    } else {
      request.cancelled = request.at + dice.uniform(0, ended.finished.end - request.at);
    }
    request.cancelled = std::max(request.cancelled, request.at);
    last = request.cancelled;
  }
}

/// Some replicas compute prompts only; to some come requests whose prompts others have computed.
void choose_role(ReplicaCase& result, Ticks typical) {
  Dice dice(result.seed ^ 0x901e5);
  result.hands_over = dice.chance(0.2);
  // No scenario has static batches in a decode pool.
  const bool receives = !result.hands_over && result.policy != CasePolicy::window;
  const double received = receives && dice.chance(0.3) ? 0.1 * static_cast<double>(dice.uniform(1, 10)) : 0.0;
  for (CaseRequest& request : result.requests) {
    request.held = dice.uniform(1, 5 * typical);
    request.received = request.output > 1 && dice.chance(received);
  }
}

}  // namespace

ReplicaCase random_case(std::uint64_t seed) {
  Dice dice(seed);
  ReplicaCase result;
  result.seed = seed;
  choose_physics(dice, result);
  choose_requests(dice, result);
  choose_engine(dice, result);
  const Ticks typical = typical_time(dice, result);
  choose_order_and_prefixes(dice, result, typical);
  choose_conversations(result);
  choose_windows(result);
  choose_layout(result);
  choose_scheduler(result, typical);
  choose_arrivals(dice, result, typical);
  choose_cancels(result);
  choose_paces(result, typical);
  choose_role(result, typical);
  return result;
}

}  // namespace idlewatt
