// Usage logs of gateways that know tokens. Lines are written when requests end, so they come in any order; times are
// those of arrivals, the earliest at time 0. Requests that failed have no tokens, and are left out as rows without are.
//
// - LiteLLM's spend logs (BerriAI/litellm, table LiteLLM_SpendLogs, GET /spend/logs): times without a zone are UTC.
//   Answers from LiteLLM's own cache, and calls that generate no text, are left out.
// - Logs with a `usage` object as OpenAI's or Anthropic's interfaces give it. OpenAI's prompt_tokens (input_tokens)
//   hold the cached ones; Anthropic's input_tokens leave them out.
// - Amazon Bedrock's model invocation log: whole seconds; inputTokenCount leaves cache reads and writes out.
// - Envoy AI Gateway's access log in JSON (envoyproxy/ai-gateway site/docs/capabilities/observability/accesslogs.md
//   @ c217da8): start_time is the arrival; only inferences count.
#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "traffic/csv_fields.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::array<const char*, 8> kUsageTimes{"ts",         "timestamp", "time",         "created_at",
                                                 "start_time", "startTime", "request_time", "created"};

/// Numbers in logs count from 1970: their size tells the unit.
TimeUnit unix_unit(std::string_view text) {
  const std::size_t digits = std::min(text.find('.'), text.size());
  return digits <= 11   ? TimeUnit::seconds
         : digits <= 14 ? TimeUnit::milliseconds
         : digits <= 17 ? TimeUnit::microseconds
                        : TimeUnit::nanoseconds;
}

Instant log_time(const JsonRecord& record, std::string_view key) {
  constexpr std::int64_t kUnixSeconds = 100'000'000;  // of 1973; what is less counts from some other start
  const Instant time = record.time(key, unix_unit(record.word(key)));
  if (!time.is_date && time.seconds < kUnixSeconds) {
    record.fail(record.need(key), std::string(key) + " is " + quoted(record.word(key)),
                "a date, or a number since 1970; `columns` and `time_unit` say what else it counts");
  }
  return time;
}

/// Counts what a log has beside requests that an engine served.
class Others {
 public:
  Others(const TraceFile& trace, std::string what) : notes_(trace.notes), what_(std::move(what)) {}
  void count() { ++count_; }
  void report() const {
    if (notes_ && count_ > 0) {
      notes_->add(fmt::format("{}: {} left out", what_, count_));
    }
  }

 private:
  std::shared_ptr<TraceNotes> notes_;
  std::string what_;
  std::int64_t count_ = 0;
};

class LiteLlmFormat final : public RecordFormat {
 public:
  explicit LiteLlmFormat(const TraceFile& trace)
      : cached_(trace, "answers from LiteLLM's own cache"), other_(trace, "calls that generate no text") {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    if (record.has("data") && !record.has("startTime")) {
      read_page(record, take);
    } else {
      read_row(record, take);
    }
  }

  void finish(const RowTaker&) override {
    cached_.report();
    other_.report();
  }

 private:
  /// A page of GET /spend/logs/v2: {"data": [rows], "total": ..., "page": ..., "page_size": ..., "total_pages": ...}.
  void read_page(const JsonRecord& page, const RowTaker& take) {
    const JsonValue& rows = page.need("data");
    if (page.has("total_pages") && page.tokens("total_pages") > 1) {
      page.fail(rows, "the file is page " + page.word("page") + " of " + page.word("total_pages"),
                "all rows, such as the lists under `data` of all pages in one list");
    }
    for (const JsonValue& row : rows.items) {
      read_row(page.part(row), take);
    }
  }

  void read_row(const JsonRecord& record, const RowTaker& take) {
    TraceRow row;
    row.time = log_time(record, "startTime");
    row.request.prompt_tokens = record.tokens_or("prompt_tokens", 0);
    row.request.output_tokens = record.word("status") == "failure" ? 0 : record.tokens_or("completion_tokens", 0);
    if (const std::string session = record.word("session_id"); !session.empty()) {
      row.request.session = number_of(session);
    }
    std::string cached = record.word("cache_hit");
    std::transform(cached.begin(), cached.end(), cached.begin(), [](char c) { return c == 'T' ? 't' : c; });
    const std::string type = record.word("call_type");
    if (cached == "true") {
      cached_.count();
    } else if (!type.empty() && type.find("completion") == std::string::npos &&
               type.find("responses") == std::string::npos && type.find("messages") == std::string::npos) {
      other_.count();
    } else {
      take(record, std::move(row));
    }
  }

  Others cached_;
  Others other_;
};

class UsageFormat final : public RecordFormat {
 public:
  explicit UsageFormat(const TraceFile& trace) : notes_(trace.notes), unknown_(trace, "rows without `usage`") {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    if (time_key_.empty()) {
      choose_time(record);
    }
    TraceRow row;
    row.time = log_time(record, time_key_);
    if (!record.has("usage")) {
      // Its tokens are unknown, not 0; its time counts all the same.
      unknown_.count();
      row.request.prompt_tokens = 0;
      take(record, std::move(row));
      return;
    }
    const JsonRecord usage = record.part(record.need("usage"));
    if (usage.has("prompt_tokens")) {
      row.request.prompt_tokens = usage.tokens("prompt_tokens");
      row.request.output_tokens = usage.tokens_or("completion_tokens", 0);
    } else {
      const std::int64_t prompt = std::int64_t{usage.tokens("input_tokens")} +
                                  usage.tokens_or("cache_creation_input_tokens", 0) +
                                  usage.tokens_or("cache_read_input_tokens", 0);
      if (prompt > INT32_MAX) {
        usage.fail("the prompt has more than 2147483647 tokens", "at most that many");
      }
      row.request.prompt_tokens = static_cast<std::int32_t>(prompt);
      row.request.output_tokens = usage.tokens_or("output_tokens", 0);
    }
    take(record, std::move(row));
  }

  void finish(const RowTaker&) override { unknown_.report(); }

 private:
  void choose_time(const JsonRecord& record) {
    std::string found;
    for (const char* key : kUsageTimes) {
      if (record.has(key)) {
        if (!found.empty()) {
          record.fail(fmt::format("both `{}` and `{}` may be the arrival", found, key),
                      "`columns: {arrival: ..., prompt_tokens: usage.prompt_tokens, ...}` to say which");
        }
        found = key;
      }
    }
    if (found.empty()) {
      record.fail("no key has the arrival time of the request",
                  "`ts`, `timestamp`, `created_at` or another such key, or "
                  "`columns` to name it");
    }
    time_key_ = found;
    if (notes_) {
      notes_->add(
          fmt::format("`{}` is taken as the arrival; a log that writes the time of the answer there needs `columns` to "
                      "name another",
                      found));
    }
  }

  std::shared_ptr<TraceNotes> notes_;
  Others unknown_;
  std::string time_key_;
};

class BedrockFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    TraceRow row;
    row.time = record.time("timestamp", TimeUnit::seconds);
    const std::int64_t prompt = std::int64_t{record.tokens_or("input.inputTokenCount", 0)} +
                                record.tokens_or("input.cacheReadInputTokenCount", 0) +
                                record.tokens_or("input.cacheWriteInputTokenCount", 0);
    row.request.prompt_tokens = static_cast<std::int32_t>(std::min<std::int64_t>(prompt, INT32_MAX));
    row.request.output_tokens = record.has("errorCode") ? 0 : record.tokens_or("output.outputTokenCount", 0);
    take(record, std::move(row));
  }
};

class EnvoyFormat final : public RecordFormat {
 public:
  explicit EnvoyFormat(const TraceFile& trace) : other_(trace, "requests that are no inferences") {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    if (!is_inference(record)) {
      other_.count();
      return;
    }
    TraceRow row;
    row.time = log_time(record, "start_time");
    row.request.prompt_tokens = record.tokens_or("gen_ai.usage.input_tokens", record.tokens_or("llm_input_token", 0));
    row.request.output_tokens = record.tokens_or("gen_ai.usage.output_tokens", record.tokens_or("llm_output_token", 0));
    take(record, std::move(row));
  }

  void finish(const RowTaker&) override { other_.report(); }

 private:
  static bool is_inference(const JsonRecord& record) {
    const std::string method = record.word("method");
    std::string path = record.word("x-envoy-origin-path");
    path = path.empty() ? record.word("path") : path;
    path = path.substr(0, path.find('?'));
    const bool known = path.empty() || path.ends_with("/completions") || path.ends_with("/responses") ||
                       path.ends_with("/messages") || path.ends_with("/embeddings");
    return known && (method.empty() || method == "POST");
  }

  Others other_;
};

}  // namespace

TraceFormat declare_litellm() {
  return {.name = "litellm",
          .summary = "JSON of LiteLLM's spend logs (a list, JSON lines, or the one page of /spend/logs/v2)",
          .recognised_by = "`startTime`, `completion_tokens` and `spend`",
          .times = "dates and times, UTC without a zone (`startTime`); the earliest is time 0",
          .lost =
              "money, model, users and teams, measured times; answers from LiteLLM's cache and calls that generate no "
              "text",
          .recognises =
              [](const TraceHead& head) {
                const auto has = [&head](const std::string& key) {
                  return head.has_key(key) || head.has_key("data[]." + key);
                };
                return has("startTime") && has("completion_tokens") && has("spend");
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(trace, std::make_unique<LiteLlmFormat>(trace),
                                    {.skipped = {"messages", "response", "proxy_server_request"},
                                     .example = "rows with `startTime`, `prompt_tokens` and `completion_tokens`"});
              }};
}

TraceFormat declare_usage_log() {
  return {.name = "usage",
          .summary = "JSON lines of any gateway with a `usage` object as OpenAI's or Anthropic's interfaces give it",
          .recognised_by = "`usage` with `total_tokens` or `input_tokens`",
          .times =
              "dates and times or numbers since 1970, in the one of the keys ts, timestamp, time, created_at, "
              "start_time, startTime, request_time, created that is there; the earliest is time 0",
          .lost = "the model, cached and reasoning tokens, measured times; rows without `usage`",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("usage.total_tokens") || head.has_key("usage.input_tokens");
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(
                    trace, std::make_unique<UsageFormat>(trace),
                    {.skipped = {"messages", "response", "choices"}, .example = "rows with a time and a `usage`"});
              }};
}

TraceFormat declare_bedrock() {
  return {.name = "bedrock",
          .summary = "JSON lines of Amazon Bedrock's model invocation log",
          .recognised_by = "`schemaType` and `input.inputTokenCount`",
          .times = "dates and times of whole seconds; the earliest is time 0",
          .lost = "the model, the operation, cached tokens (they count as prompt), measured times",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("schemaType") &&
                       (head.has_key("input.inputTokenCount") || head.has_key("input.inputContentType"));
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(trace, std::make_unique<BedrockFormat>(),
                                    {.skipped = {"inputBodyJson", "outputBodyJson", "identity"},
                                     .example = "records of the schema ModelInvocationLog"});
              }};
}

TraceFormat declare_envoy() {
  return {.name = "envoy",
          .summary = "JSON lines of Envoy AI Gateway's access log",
          .recognised_by = "`response_flags` and `gen_ai.usage.input_tokens` or `llm_input_token`",
          .times = "dates and times (`start_time`); the earliest inference is time 0",
          .lost = "the model, measured times, status; requests that are no inferences",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("response_flags") &&
                       (head.has_key("gen_ai.usage.input_tokens") || head.has_key("llm_input_token"));
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(trace, std::make_unique<EnvoyFormat>(trace),
                                    {.example = "lines with `start_time` and `gen_ai.usage.input_tokens`"});
              }};
}

}  // namespace idlewatt
