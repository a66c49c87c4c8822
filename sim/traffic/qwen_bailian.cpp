// The JSON lines of Alibaba Cloud's Bailian, Qwen's usage traces
// (github.com/alibaba-edu/qwen-bailian-usagetraces-anon):
//
//     {"chat_id": 13, "parent_chat_id": 10, "timestamp": 31.507, "input_length": 33, "output_length": 88,
//      "type": "text", "turn": 2, "hash_ids": [0, 1, 20]}
//
// They look like Mooncake's and are not: times are seconds, and a hash stands for 16 tokens and not for what precedes
// them. Only equal leading runs of hashes are equal prompts, so prefix_blocks holds the chain of the hashes. A chat_id
// numbers one request; those that follow one another by parent_chat_id are a session, which bears the root's number. A
// parent that is not in the file (it came before the trace, or was not sampled) makes its request a root.
#include <fmt/core.h>
#include <optional>
#include <unordered_map>

#include "traffic/csv_fields.hpp"
#include "traffic/json_line.hpp"
#include "traffic/prefix_hashes.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kBlockTokens = 16;

class QwenBailianFormat final : public RowFormat {
 public:
  std::string_view header() const override { return ""; }
  std::string_view example() const override {
    return R"({"chat_id": 13, "parent_chat_id": -1, "timestamp": 31.5, "input_length": 33, "output_length": 88, )"
           R"("type": "text", "turn": 1, "hash_ids": [0, 1, 20]})";
  }
  void read_header(const LineReader&, std::string_view) override {}

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    JsonLine json(lines, line);
    Row row;
    json.each_key([&](std::string_view key) { read_value(json, key, row, request); });
    const char* missing = !row.id       ? "chat_id"
                          : !row.time   ? "timestamp"
                          : !row.input  ? "input_length"
                          : !row.output ? "output_length"
                                        : nullptr;
    if (missing != nullptr) {
      lines.fail(1, fmt::format("`{}` is missing", missing), fmt::format("rows such as `{}`", example()));
    }
    request.block_tokens = kBlockTokens;
    check_hash_count(lines, request, HashCount::all, row.hashes_at);
    chain_hashes(request.prefix_blocks);
    request.session = session_of(row);
  }

  RowTime time_of(const LineReader&, std::string_view) const override { return time_; }

 private:
  struct Row {
    bool time = false;
    bool input = false;
    bool output = false;
    std::optional<std::uint64_t> id;
    std::optional<std::uint64_t> parent;
    std::size_t hashes_at = 1;
  };

  void read_value(JsonLine& json, std::string_view key, Row& row, Request& request) {
    if (key == "timestamp") {
      row.time = true;
      const std::string_view word = json.word();
      if (!parse_time(word, kTicksPerSecond, request.arrival)) {
        json.fail_word(key, word, "seconds such as `31.507`, up to 2.8 years");
      }
      time_ = {json.column(), std::string(word)};
    } else if (key == "chat_id") {
      row.id = number(json, key);
    } else if (key == "parent_chat_id") {
      row.parent = json.take_null() ? std::nullopt : number(json, key);
    } else if (key == "input_length") {
      row.input = true;
      request.prompt_tokens = json.tokens(key);
    } else if (key == "output_length") {
      row.output = true;
      request.output_tokens = json.tokens(key);
    } else if (key == "hash_ids") {
      json.whole_numbers(key, request.prefix_blocks);
      row.hashes_at = json.column();
    } else {
      json.skip_value();
    }
  }

  /// Nothing for -1, which means that there is no parent.
  static std::optional<std::uint64_t> number(JsonLine& json, std::string_view key) {
    const std::string_view word = json.word();
    std::uint64_t value = 0;
    if (word == "-1" && key == "parent_chat_id") {
      return std::nullopt;
    }
    if (!parse_number(word, value)) {
      json.fail_word(key, word, "a whole number");
    }
    return value;
  }

  /// Request.session: the root's chat_id and 1, since 0 means none.
  std::uint64_t session_of(const Row& row) {
    const auto parent = row.parent ? roots_.find(*row.parent) : roots_.end();
    const std::uint64_t root = parent == roots_.end() ? *row.id : parent->second;
    roots_[*row.id] = root;
    return root + 1;
  }

  std::unordered_map<std::uint64_t, std::uint64_t> roots_;  ///< of each chat so far: 16 bytes a row
  RowTime time_;
};

}  // namespace

TraceFormat declare_qwen_bailian() {
  return {.name = "qwen-bailian",
          .summary = "JSON lines of Alibaba Bailian's Qwen traces (alibaba-edu/qwen-bailian-usagetraces-anon)",
          .recognised_by = "JSON lines with `chat_id` and `parent_chat_id`",
          .times = "seconds since the trace's start; they stay",
          .blocks = "16; each hash is of its own block alone, and the reader chains them",
          .lost = "`type`, `turn`, and which earlier request of its session a request follows",
          .recognises = [](const TraceHead& head) { return head.has_key("chat_id") && head.has_key("parent_chat_id"); },
          .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<QwenBailianFormat>()); }};
}

}  // namespace idlewatt
