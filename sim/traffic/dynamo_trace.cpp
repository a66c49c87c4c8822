// Request traces of NVIDIA Dynamo's frontend, schema `dynamo.request.trace.v1` (ai-dynamo/dynamo, "Request Replay
// Tracing"): one event a line, in order of the requests' ends. Older recordings wrap each line as {"timestamp": ...,
// "event": {...}} and say `trajectory_id` for `session_id`.
//
// Without sessions a request comes when it came. With them, a request follows the one before it of its session; the first
// of a child session follows the parent's latest one that began before it; and the parent's next one follows, too, the
// last of a child that had ended by then. The delay is from the last of those ends to the recorded start, the time of
// tools included.
#include <algorithm>
#include <fmt/core.h>
#include <map>

#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr TimeUnit kMs = TimeUnit::milliseconds;

class DynamoFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& line, const RowTaker& take) override {
    const JsonRecord event = line.has("event") ? line.part(line.need("event")) : line;
    const std::string type = event.word("event_type");
    if (type != "request_end") {
      if (type.empty()) {
        event.fail("`event_type` is missing", "an event of dynamo.request.trace.v1");
      }
      return;  // a tool, whose time is in the gaps
    }
    const JsonRecord request = event.part(event.need("request"));
    Call call;
    call.row.time = request.time("request_received_ms", kMs);
    call.row.request.prompt_tokens =
        request.tokens(request.has("input_tokens") ? "input_tokens" : "replay.input_length");
    call.row.request.output_tokens = request.tokens("output_tokens");
    if (request.has("replay.input_sequence_hashes")) {
      call.row.request.block_tokens = request.tokens("replay.trace_block_size");
      if (call.row.request.block_tokens < 1) {
        request.fail("`trace_block_size` is 0", "at least 1 token");
      }
      call.row.request.prefix_blocks = request.whole_numbers("replay.input_sequence_hashes");
      chain_hashes(
          call.row.request.prefix_blocks);  // they hold what precedes them: this changes nothing but their names
    }
    const std::string session = first_of(event, "agent_context.session_id", "agent_context.trajectory_id");
    const bool has_session = !session.empty();
    if (calls_ > 0 && has_session != has_sessions_) {
      event.fail("some events have an `agent_context` and some have none", "all or none, as Dynamo's replay wants it");
    }
    has_sessions_ = has_session;
    ++calls_;
    if (!has_session) {
      take(event, std::move(call.row));
      return;
    }
    call.row.request.session = number_of(session);
    call.row.id = fmt::format("request {} {}", request.word("request_id"), calls_);
    call.end = request.has("total_time_ms") ? later(*call.row.time, request.duration("total_time_ms", kMs))
                                            : event.time("event_time_unix_ms", kMs);
    call.line = event.value().line;
    path_ = event.place().substr(0, event.place().rfind(':'));
    Session& known = sessions_[session];
    known.parent = first_of(event, "agent_context.parent_session_id", "agent_context.parent_trajectory_id");
    known.calls.push_back(std::move(call));
  }

  void finish(const RowTaker& take) override {
    for (auto& [name, session] : sessions_) {
      std::stable_sort(session.calls.begin(), session.calls.end(),
                       [](const Call& a, const Call& b) { return *a.row.time < *b.row.time; });
    }
    for (auto& [name, session] : sessions_) {
      for (std::size_t i = 0; i < session.calls.size(); ++i) {
        link(name, session, i);
      }
    }
    for (auto& [name, session] : sessions_) {
      for (Call& call : session.calls) {
        JsonValue where;
        where.line = call.line;
        where.column = 1;
        take(JsonRecord(path_, where), std::move(call.row));
      }
    }
  }

 private:
  struct Call {
    TraceRow row;
    Instant end;
    std::int64_t line = 0;
  };
  struct Session {
    std::string parent;
    std::vector<Call> calls;
  };

  static std::string first_of(const JsonRecord& record, std::string_view key, std::string_view other) {
    const std::string found = record.word(key);
    return found.empty() ? record.word(other) : found;
  }

  void follow(Call& call, const Call& other, Instant& last_end) {
    call.row.after.push_back(other.row.id);
    if (last_end < other.end) {
      last_end = other.end;
    }
  }

  void link(const std::string& name, Session& session, std::size_t i) {
    Call& call = session.calls[i];
    const Instant start = *call.row.time;
    Instant last_end;
    if (i > 0) {
      follow(call, session.calls[i - 1], last_end);
      follow_children(name, call, *session.calls[i - 1].row.time, last_end);
    } else if (const auto parent = sessions_.find(session.parent); parent != sessions_.end() && parent->first != name) {
      const Call* latest = nullptr;
      for (const Call& of_parent : parent->second.calls) {
        latest = *of_parent.row.time < start ? &of_parent : latest;
      }
      if (latest != nullptr) {
        follow(call, *latest, last_end);
      }
    }
    if (!call.row.after.empty()) {
      call.row.delay = std::max<Ticks>(ticks_between(last_end, start).value_or(0), 0);
    }
  }

  /// The last requests of child sessions that began after the parent's request before, and had ended by `call`'s start.
  void follow_children(const std::string& name, Call& call, const Instant& since, Instant& last_end) {
    for (const auto& [child, session] : sessions_) {
      if (session.parent != name || child == name) {
        continue;
      }
      const Call* last = nullptr;
      for (const Call& of_child : session.calls) {
        const bool ended = !(*call.row.time < of_child.end);
        last = ended && !(*of_child.row.time < since) ? &of_child : last;
      }
      if (last != nullptr) {
        follow(call, *last, last_end);
      }
    }
  }

  std::map<std::string, Session> sessions_;
  std::string path_;
  bool has_sessions_ = false;
  std::int64_t calls_ = 0;
};

}  // namespace

TraceFormat declare_dynamo() {
  return {
      .name = "dynamo",
      .summary = "JSON lines of NVIDIA Dynamo's request traces, schema dynamo.request.trace.v1",
      .recognised_by = "`event_type` and `request.request_received_ms`, or a `schema` of Dynamo's",
      .times = "milliseconds since 1970; the earliest is time 0. A request of a session follows the answer before it",
      .blocks = "`trace_block_size` of each row",
      .lost = "the model, the measured times, the tools (their time is in the delays)",
      .recognises =
          [](const TraceHead& head) {
            return head.is_json() && (head.has_key("event_type") || head.has_key("event.event_type")) &&
                   (head.has_key("request.request_received_ms") || head.has_key("event.request.request_received_ms"));
          },
      .open =
          [](const TraceFile& trace) {
            return read_records(trace, std::make_unique<DynamoFormat>(),
                                {.example = "events of dynamo.request.trace.v1 with `event_type` request_end"});
          }};
}

}  // namespace idlewatt
