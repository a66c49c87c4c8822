// Agent sessions as WEKA's proxy records them (callanjfox/kv-cache-tester; semianalysisai/cc-traces-weka-*): one session
// an object. Sources: ai-dynamo/aiperf weka_trace_models.py @ 90f31d1; kubernetes-sigs/inference-perf
// weka_trace_replay_datagen.py @ 7de5ef2.
//
// A request follows the one before it; one of the session follows, too, every sub-agent between the two that was
// completed; the first of a sub-agent follows the request before it. The delay is from the last of those ends (`t` and
// `api_time`) to `t`. Hashes are the session's own numbers unless `hash_id_scope` says otherwise.
#include <algorithm>
#include <fmt/core.h>

#include "base/splitmix64.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class WekaFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    Session session;
    session.name = fmt::format("{}#{}", record.word("id"), sessions_++);
    session.block_tokens = record.has("block_size") ? record.tokens("block_size") : 64;
    if (session.block_tokens < 1) {
      record.fail("`block_size` is 0", "at least 1 token");
    }
    session.local = record.word("hash_id_scope") != "global";
    read_requests(record, take, session, session.name, 0, {});
  }

 private:
  struct Session {
    std::string name;
    std::int32_t block_tokens = 0;
    bool local = true;
    std::int64_t rows = 0;
  };
  /// Who is followed, and when it ended since the session's start.
  struct Before {
    std::string id;
    Ticks end = 0;
  };
  using Befores = std::vector<Before>;

  /// Gives the rows of `record.requests`; the last request that it gave.
  Befores read_requests(const JsonRecord& record, const RowTaker& take, Session& session, const std::string& agent,
                        Ticks from, Befores before) {
    Befores last;
    for (const JsonValue& value : record.list("requests")) {
      const JsonRecord request = record.part(value);
      const Ticks t = request.duration("t", TimeUnit::seconds);
      if (request.word("type") == "subagent") {
        const std::string name = agent + "/" + request.word("agent_id");
        const Befores ended = read_requests(request, take, session, name, t, last.empty() ? before : last);
        if (request.has("duration_ms") && request.word("status") != "async_launched") {
          joined_.insert(joined_.end(), ended.begin(), ended.end());
        }
        continue;
      }
      // Within a sub-agent times count from its own start in some sets, and from the session's in others.
      const Ticks start = t < from ? from + t : t;
      Befores follows = last.empty() ? before : last;
      follows.insert(follows.end(), joined_.begin(), joined_.end());
      joined_.clear();
      last = {give(request, take, session, agent, start, follows)};
    }
    return last;
  }

  Before give(const JsonRecord& request, const RowTaker& take, Session& session, const std::string& agent, Ticks start,
              const Befores& follows) {
    TraceRow row;
    row.request.prompt_tokens = request.tokens("in");
    row.request.output_tokens = request.tokens("out");
    row.request.session = number_of(agent);
    row.request.block_tokens = session.block_tokens;
    if (request.has("hash_ids")) {
      row.request.prefix_blocks = request.whole_numbers("hash_ids");
      if (session.local) {
        for (std::uint64_t& hash : row.request.prefix_blocks) {
          hash = mixed(hash + number_of(session.name));
        }
      }
      chain_hashes(row.request.prefix_blocks);
    }
    row.id = fmt::format("{} {}", session.name, session.rows++);
    Ticks last_end = 0;
    for (const Before& one : follows) {
      row.after.push_back(one.id);
      last_end = std::max(last_end, one.end);
    }
    row.delay = std::max<Ticks>(start - last_end, 0);
    Before result{row.id, start + request.duration_or("api_time", TimeUnit::seconds, 0)};
    take(request, std::move(row));
    return result;
  }

  std::int64_t sessions_ = 0;
  Befores joined_;  ///< sub-agents that the next request follows
};

}  // namespace

TraceFormat declare_weka() {
  return {
      .name = "weka",
      .summary = "JSON of WEKA's agent traces (callanjfox/kv-cache-tester, cc-traces-weka-*): one session an object",
      .recognised_by = "`requests` with `t`, `in` and `out`",
      .times = "seconds since the session's start. The file does not say when sessions start: `sessions_every` does",
      .blocks = "`block_size` of each session; hashes are the session's own",
      .lost = "the model, the measured times, the types of inputs and outputs",
      .recognises =
          [](const TraceHead& head) {
            return head.has_key("requests[].t") && head.has_key("requests[].in") && head.has_key("requests[].out");
          },
      .open =
          [](const TraceFile& trace) {
            return read_records(
                trace, std::make_unique<WekaFormat>(),
                {.skipped = {"input_types", "output_types"},
                 .from_first = false,
                 .hashes = HashCount::whole,
                 .example = "sessions such as `{\"id\": ..., \"block_size\": 64, \"requests\": [{\"t\": "
                            "0, \"in\": 10, \"out\": 5}]}`"});
          }};
}

}  // namespace idlewatt
