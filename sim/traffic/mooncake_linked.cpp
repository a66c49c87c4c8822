// Mooncake's keys with sessions or dependencies, as AIPerf (`mooncake_trace`), GenAI-Perf (`payload:`) and NVIDIA Dynamo
// (`mooncake`, `agentic_mooncake`) read them:
//
//     {"session_id": "a", "timestamp": 0, "input_length": 6755, "output_length": 500, "hash_ids": [0, 1]}
//     {"session_id": "a", "delay": 1500, "input_length": 7800, "output_length": 310}
//     {"request_id": "c-1", "session_id": "c", "timestamp": 1200.0, "delay": 100.0, "wait_for": ["p-1"],
//      "tool_wait_ms": 2000.0, "input_length": 700, "output_length": 200}
//
// All times are milliseconds. A row with `delay` or `delay_ms` comes so long after the answer to the row before it of its
// session; a later row of a session with a `timestamp` instead comes after that answer by the difference of the two
// timestamps. A row with `wait_for` comes `delay` and `tool_wait_ms` after the last of the answers that it names; its own
// timestamp is when it was recorded, and counts only where none of those is in the file.
// Sources: ai-dynamo/aiperf src/aiperf/dataset/loader/models.py @ 0109a64; ai-dynamo/dynamo, "DynoSim Runs";
// triton-inference-server/perf_analyzer, genai-perf payload_input_retriever.py @ 263c5f6.
#include <fmt/core.h>
#include <map>

#include "traffic/mooncake_head.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr TimeUnit kMs = TimeUnit::milliseconds;

class MooncakeLinkedFormat final : public RecordFormat {
 public:
  explicit MooncakeLinkedFormat(std::int32_t block_tokens) : block_tokens_(block_tokens) {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    if (!record.has("input_length")) {
      for (const char* text : {"text_input", "text", "texts", "messages", "payload"}) {
        if (record.has(text)) {
          record.fail(
              fmt::format("the prompt is given as `{}`, and counting its tokens takes the model's tokenizer", text),
              "`input_length`");
        }
      }
    }
    TraceRow row;
    row.request.prompt_tokens = record.tokens("input_length");
    row.request.output_tokens = record.tokens("output_length");
    row.request.block_tokens = block_tokens_;
    if (record.has("hash_ids")) {
      row.request.prefix_blocks = record.whole_numbers("hash_ids");
    }
    if (record.has("timestamp")) {
      row.time = record.time("timestamp", kMs);
    }
    const std::string session = record.word("session_id");
    row.request.session = session.empty() ? 0 : number_of(session);
    row.delay = record.duration_or("delay", kMs, 0) + record.duration_or("delay_ms", kMs, 0) +
                record.duration_or("tool_wait_ms", kMs, 0);
    if (record.has("request_id")) {
      row.id = "request " + record.word("request_id");
    }
    if (record.has("wait_for")) {
      for (const JsonValue& id : record.list("wait_for")) {
        row.after.push_back("request " + id.text);
      }
      if (row.after.empty()) {
        row.delay = 0;
      }
    } else if (!session.empty() && !record.has("request_id")) {
      follow_session(record, session, row);
    }
    if (row.after.empty() && !row.time) {
      record.fail(record.has("delay") && session.empty()
                      ? "`delay` counts from an answer, and no `session_id` says whose"
                      : "`timestamp` is missing",
                  "milliseconds since the trace's start in the first row of a session");
    }
    take(record, std::move(row));
  }

 private:
  struct Turn {
    std::string id;
    std::optional<Instant> time;
  };

  void follow_session(const JsonRecord& record, const std::string& session, TraceRow& row) {
    row.id = fmt::format("row {}", rows_++);
    const auto [known, first] = sessions_.try_emplace(session);
    if (!first) {
      row.after = {known->second.id};
      if (!record.has("delay") && !record.has("delay_ms")) {
        if (!row.time) {
          record.fail("neither `delay` nor `timestamp` says when this turn comes", "one of them");
        }
        const auto gap = known->second.time ? ticks_between(*known->second.time, *row.time) : std::nullopt;
        if (!gap || *gap < 0) {
          record.fail("the turn's `timestamp` is not after that of the turn before it", "a later one, or a `delay`");
        }
        row.delay = *gap;
      }
    } else if (row.time) {
      row.delay = 0;
    }
    known->second = {row.id, row.time};
  }

  std::int32_t block_tokens_;
  std::map<std::string, Turn> sessions_;
  std::int64_t rows_ = 0;
};

bool has_lengths(const TraceHead& head) {
  return head.is_json() && head.has_key("output_length") &&
         (head.has_key("input_length") || head.has_key("text_input"));
}

}  // namespace

TraceFormat declare_mooncake_linked() {
  return {.name = "mooncake-sessions",
          .summary =
              "JSON lines with Mooncake's keys and sessions, delays or dependencies, for AIPerf, GenAI-Perf and "
              "NVIDIA Dynamo (also `agentic_mooncake`)",
          .recognised_by =
              "JSON lines with `output_length` and one of `session_id`, `delay`, `delay_ms`, `wait_for`, "
              "`tool_wait_ms`, `prefix_reset`, `text_input`",
          .times = "milliseconds since the trace's start; they stay. A delay is from the end of an answer",
          .blocks = "by the number of hashes: 512 where it fits, else the one power of two that does",
          .lost = "`priority`, `policy_class`, `branches`; a prompt given as text is refused, for it takes a tokenizer",
          .recognises =
              [](const TraceHead& head) {
                const bool linked = head.has_key("session_id") || head.has_key("delay") || head.has_key("delay_ms") ||
                                    head.has_key("wait_for") || head.has_key("tool_wait_ms") ||
                                    head.has_key("prefix_reset") || head.has_key("text_input");
                return has_lengths(head) && linked;
              },
          .open =
              [](const TraceFile& trace) {
                const MooncakeHead head = look_at_mooncake(trace);
                return read_records(
                    trace, std::make_unique<MooncakeLinkedFormat>(head.block_tokens),
                    {.skipped = {"messages", "payload", "tools", "branches"},
                     .from_first = false,
                     .example = R"(rows such as `{"session_id": "a", "timestamp": 0, "input_length": 10, )"
                                R"("output_length": 5}`)"});
              }};
}

}  // namespace idlewatt
