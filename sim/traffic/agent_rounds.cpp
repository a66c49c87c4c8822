// Two traces of agents whose rounds follow one another and have no hashes:
//
// Applied Compute's trajectories, as Dynamo replays them (`--trace-format applied_compute_agentic`): one session a line.
// The prompt of a round is that of the round before, its answer and what the tool gave; a round comes `tool_call_latency`
// seconds after the answer before it. The meaning of the keys is inferred from Dynamo's tests.
//
// TraceLab's coding agents (uw-syfi/TraceLab artifacts/utils/DB_SCHEMA.md @ 0b8a262): one round a line. A round is sent
// at its latest input event and answered at its latest output event; the delay is from the answer before.
#include <algorithm>
#include <fmt/core.h>
#include <map>

#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class AppliedComputeFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    const auto& answers = record.list("assistant_response_length");
    const auto& tools = record.list("tool_call_output_length");
    const auto& latencies = record.list("tool_call_latency");
    const auto turns = static_cast<std::size_t>(record.tokens("num_turns"));
    if (answers.size() != turns || tools.size() != turns || latencies.size() != turns) {
      record.fail("a list has not `num_turns` entries",
                  "`num_turns` entries in each of `assistant_response_length`, `tool_call_output_length` and "
                  "`tool_call_latency`");
    }
    const std::string session = fmt::format("session {}", sessions_++);
    std::int64_t prompt = record.tokens("input_prompt_length");
    Ticks delay = 0;
    for (std::size_t turn = 0; turn <= turns; ++turn) {
      TraceRow row;
      const std::int32_t answer =
          turn < turns ? whole(record, answers[turn]) : record.tokens("final_assistant_response_length");
      row.request.prompt_tokens = static_cast<std::int32_t>(std::min<std::int64_t>(prompt, INT32_MAX));
      row.request.output_tokens = answer;
      row.request.session = number_of(session);
      row.id = fmt::format("{} {}", session, turn);
      if (turn > 0) {
        row.after = {fmt::format("{} {}", session, turn - 1)};
        row.delay = delay;
      }
      take(record, std::move(row));
      if (turn < turns) {
        prompt += std::int64_t{answer} + whole(record, tools[turn]);
        const auto latency = parse_instant(latencies[turn].text, TimeUnit::seconds);
        const auto ticks = latency ? ticks_between(Instant{}, *latency) : std::nullopt;
        if (!ticks) {
          record.fail(latencies[turn], "a latency is no number of seconds", "seconds, not below 0");
        }
        delay = *ticks;
      }
    }
  }

 private:
  static std::int32_t whole(const JsonRecord& record, const JsonValue& value) {
    JsonValue holder;
    holder.kind = JsonValue::Kind::map;
    holder.line = value.line;
    holder.column = value.column;
    holder.members.push_back({"tokens", value});
    return record.part(holder).tokens("tokens");
  }

  std::int64_t sessions_ = 0;
};

class TraceLabFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker&) override {
    Round round;
    round.row.request.prompt_tokens = record.tokens("input_tokens_total");
    round.row.request.output_tokens = record.tokens_or("output_tokens", 0);
    round.place = record.place();
    round.line = record.value().line;
    std::optional<Instant> sent;
    for (const JsonValue& value : record.list("timing_events")) {
      const JsonRecord event = record.part(value);
      const std::string type = event.word("event_type");
      const Instant time = event.time("timestamp", TimeUnit::seconds);
      std::optional<Instant>& latest = type == "user_message" || type == "tool_result" ? sent : round.answered;
      if (!latest || *latest < time) {
        latest = time;
      }
    }
    if (!sent) {
      record.fail("no `user_message` or `tool_result` says when the round was sent", "a timing event of one of them");
    }
    round.row.time = sent;
    const std::string session = record.word("session_id");
    round.row.request.session = session.empty() ? 0 : number_of(session);
    round.row.id = fmt::format("round {}", rounds_++);
    path_ = round.place.substr(0, round.place.rfind(':'));
    sessions_[session].push_back(std::move(round));
  }

  void finish(const RowTaker& take) override {
    for (auto& [name, rounds] : sessions_) {
      std::stable_sort(rounds.begin(), rounds.end(),
                       [](const Round& a, const Round& b) { return *a.row.time < *b.row.time; });
      for (std::size_t i = 0; i < rounds.size(); ++i) {
        Round& round = rounds[i];
        if (i > 0 && !name.empty()) {
          const Round& before = rounds[i - 1];
          round.row.after = {before.id};
          const Instant end = before.answered.value_or(before.sent);
          round.row.delay = std::max<Ticks>(ticks_between(end, *round.row.time).value_or(0), 0);
        }
        round.id = round.row.id;
        round.sent = *round.row.time;
        JsonValue where;
        where.line = round.line;
        where.column = 1;
        take(JsonRecord(path_, where), std::move(round.row));
      }
    }
  }

 private:
  struct Round {
    TraceRow row;
    std::optional<Instant> answered;
    std::string place;
    std::int64_t line = 0;
    std::string id;  ///< of the row, and when it was sent, which outlive the row
    Instant sent;
  };

  std::map<std::string, std::vector<Round>> sessions_;
  std::string path_;
  std::int64_t rounds_ = 0;
};

}  // namespace

TraceFormat declare_applied_compute() {
  return {.name = "applied-compute",
          .summary =
              "JSON lines of Applied Compute's agent trajectories (Dynamo's applied_compute_agentic): one session a "
              "line",
          .recognised_by = "`tool_call_latency` and `input_prompt_length`",
          .times =
              "seconds of tools between an answer and the next prompt. The file does not say when sessions start: "
              "`sessions_every` does",
          .lost = "nothing; that prompts grow by answers and tool outputs is inferred from Dynamo's tests",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("tool_call_latency") && head.has_key("input_prompt_length");
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(
                    trace, std::make_unique<AppliedComputeFormat>(),
                    {.from_first = false, .example = "sessions with `num_turns` and `input_prompt_length`"});
              }};
}

TraceFormat declare_tracelab() {
  return {.name = "tracelab",
          .summary = "JSON lines of TraceLab's coding agents (uw-syfi/TraceLab): one round a line",
          .recognised_by = "`input_tokens_total` and `timing_events`",
          .times = "dates and times; the earliest is time 0. A round follows the answer before it of its session",
          .lost = "the model, the cached tokens, the tools (their time is in the delays), which session started which",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("input_tokens_total") && head.has_key("timing_events[].timestamp");
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(
                    trace, std::make_unique<TraceLabFormat>(),
                    {.skipped = {"tools"}, .example = "rounds with `input_tokens_total` and `timing_events`"});
              }};
}

}  // namespace idlewatt
