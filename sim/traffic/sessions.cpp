#include "traffic/sessions.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/splitmix64.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/generator.hpp"
#include "traffic/token_sampler.hpp"

namespace idlewatt {
namespace {

/// A session's next turn. The number settles equal arrivals.
struct Turn {
  Ticks arrival = 0;
  std::uint64_t number = 0;
  std::uint64_t session = 0;
  std::int32_t tenant = 0;
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
};

bool later(const Turn& a, const Turn& b) {
  return a.arrival != b.arrival ? a.arrival > b.arrival : a.number > b.number;
}

class SessionReader final : public TraceReader {
 public:
  SessionReader(std::unique_ptr<TraceReader> first_turns, const GeneratedTraffic& traffic, std::uint64_t seed)
      : first_turns_(std::move(first_turns)),
        sessions_(traffic.sessions),
        end_(to_ticks(traffic.duration_s)),
        key_(RandomStream(seed, traffic.name + "/session-keys").bits()),
        turns_(seed, traffic.name + "/turns"),
        think_(seed, traffic.name + "/think"),
        prompt_(traffic.prompt_tokens, RandomStream(seed, traffic.name + "/turn-prompt")),
        output_(traffic.output_tokens, RandomStream(seed, traffic.name + "/turn-output")) {
    for (std::int32_t block = 0; block < sessions_.system_prompt_tokens / kPrefixBlockTokens; ++block) {
      system_blocks_.push_back(mixed(key_ + static_cast<std::uint64_t>(block)));
    }
    read_ahead();
  }

  bool next(Request& request) override {
    while (has_ahead_ && (waiting_.empty() || ahead_.arrival <= waiting_.front().arrival)) {
      begin_session();
      read_ahead();
    }
    if (waiting_.empty()) {
      return false;
    }
    std::pop_heap(waiting_.begin(), waiting_.end(), later);
    const Turn turn = waiting_.back();
    waiting_.pop_back();
    request = Request{};
    request.arrival = turn.arrival;
    request.tenant = turn.tenant;
    request.session = turn.session;
    request.prompt_tokens = turn.prompt_tokens;
    request.output_tokens = turn.output_tokens;
    add_blocks(turn, request.prefix_blocks);
    go_on(turn);
    return true;
  }

 private:
  void read_ahead() { has_ahead_ = first_turns_->next(ahead_); }

  void begin_session() {
    Turn turn;
    turn.arrival = ahead_.arrival;
    // Never 0, which means no session.
    turn.session = std::max<std::uint64_t>(mixed(~key_ + session_count_++), 1);
    turn.tenant = ahead_.tenant;
    push(turn, sessions_.system_prompt_tokens, ahead_.prompt_tokens, ahead_.output_tokens);
  }

  void go_on(const Turn& last) {
    if (turns_.uniform() * sessions_.mean_turns < 1.0) {
      return;
    }
    const double think_s = sessions_.think_time.median_s * std::exp(sessions_.think_time.sigma * normal_.draw(think_));
    const double arrival = static_cast<double>(last.arrival) + think_s * static_cast<double>(kTicksPerSecond);
    // Drawn in any case, so that no session's draws depend on the duration.
    const std::int32_t added = prompt_.draw();
    const std::int32_t answer = output_.draw();
    if (!(arrival < static_cast<double>(end_))) {
      return;
    }
    Turn turn = last;
    turn.arrival = last.arrival + static_cast<Ticks>(think_s * static_cast<double>(kTicksPerSecond) + 0.5);
    std::int64_t history = std::int64_t{last.prompt_tokens} + last.output_tokens;
    if (history + added + answer > sessions_.max_context_tokens) {
      turn.session = std::max<std::uint64_t>(mixed(last.session), 1);
      history = sessions_.system_prompt_tokens;
    }
    push(turn, history, added, answer);
  }

  void push(Turn turn, std::int64_t history, std::int32_t added, std::int32_t answer) {
    if (turn.arrival >= end_) {
      return;
    }
    turn.prompt_tokens = static_cast<std::int32_t>(history + added);
    turn.output_tokens = answer;
    turn.number = next_number_++;
    waiting_.push_back(turn);
    std::push_heap(waiting_.begin(), waiting_.end(), later);
  }

  void add_blocks(const Turn& turn, std::vector<std::uint64_t>& blocks) const {
    const auto count = static_cast<std::size_t>(turn.prompt_tokens / kPrefixBlockTokens);
    blocks.reserve(count);
    blocks = system_blocks_;
    for (std::size_t block = blocks.size(); block < count; ++block) {
      blocks.push_back(mixed(turn.session + block));
    }
  }

  std::unique_ptr<TraceReader> first_turns_;
  Sessions sessions_;
  Ticks end_;
  std::uint64_t key_;
  RandomStream turns_;
  RandomStream think_;
  NormalSampler normal_;
  TokenSampler prompt_;
  TokenSampler output_;
  std::vector<std::uint64_t> system_blocks_;
  Request ahead_;
  bool has_ahead_ = false;
  std::vector<Turn> waiting_;  // a heap, the earliest in front
  std::uint64_t session_count_ = 0;
  std::uint64_t next_number_ = 0;
};

}  // namespace

std::unique_ptr<TraceReader> converse(std::unique_ptr<TraceReader> first_turns, const GeneratedTraffic& traffic,
                                      std::uint64_t seed) {
  return std::make_unique<SessionReader>(std::move(first_turns), traffic, seed);
}

}  // namespace idlewatt
