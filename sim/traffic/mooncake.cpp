// The JSON lines of Mooncake's traces (github.com/kvcache-ai/Mooncake):
//
//     {"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}
//
// Timestamps are milliseconds since the trace's start, and stay so. Each hash stands for a block of the prompt (512
// tokens there) together with all before it: they become prefix_blocks. Other keys are ignored.
#include "traffic/csv_fields.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kDeepest = 32;

bool ends_number(char c) {
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t';
}

/// Walks one line of JSON; every function leaves `at_` behind what it read.
class JsonLine {
 public:
  JsonLine(const LineReader& lines, std::string_view text) : lines_(lines), text_(text) {}

  /// The next character that is no blank, or 0 at the end of the line.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    const bool there = peek() == c;
    at_ += there ? 1 : 0;
    return there;
  }
  void need(char c, const char* expectation) {
    if (!take(c)) {
      fail_here(expectation);
    }
  }
  /// A string without its quotes; escapes stay as they are.
  std::string_view text() {
    need('"', "a text in double quotes");
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) {
      at_ = text_.size();
      fail_here("a closing double quote");
    }
    return text_.substr(start, at_++ - start);
  }
  /// What stands up to the next comma, bracket or blank.
  std::string_view word() {
    peek();
    start_ = at_;
    while (at_ < text_.size() && !ends_number(text_[at_])) {
      ++at_;
    }
    return text_.substr(start_, at_ - start_);
  }
  void skip_value(std::size_t depth = 0) {
    const char first = peek();
    if (first == '"') {
      text();
    } else if (first == '[' || first == '{') {
      const char close = first == '[' ? ']' : '}';
      ++at_;
      if (depth == kDeepest) {
        fail_here("a value that is less deep");
      }
      for (bool more = !take(close); more; more = !take(close) && (need(',', "a comma"), true)) {
        if (first == '{') {
          text();
          need(':', "a colon");
        }
        skip_value(depth + 1);
      }
    } else if (word().empty()) {
      fail_here("a value");
    }
  }

  /// Throws for the last word.
  [[noreturn]] void fail_word(std::string_view key, std::string_view word, const char* expectation) {
    lines_.fail(start_ + 1,
                std::string(key) + (word.empty() ? " is missing" : " is " + quoted(word)) +
                    (at_ == text_.size() ? cut_off(lines_) : ""),
                expectation);
  }
  [[noreturn]] void fail_here(const char* expectation) {
    const bool end = peek() == '\0';
    lines_.fail(at_ + 1, end ? "the line ends too early" + cut_off(lines_) : "unexpected " + quoted(text_.substr(at_)),
                expectation);
  }
  std::size_t column() const { return start_ + 1; }

 private:
  const LineReader& lines_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the last word
};

class MooncakeFormat final : public RowFormat {
 public:
  std::string_view header() const override { return ""; }
  std::string_view example() const override {
    return R"({"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]})";
  }
  void read_header(const LineReader&, std::string_view) override {}

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    JsonLine json(lines, line);
    bool has_time = false;
    bool has_input = false;
    bool has_output = false;
    json.need('{', "an object on every line");
    for (bool more = !json.take('}'); more; more = !json.take('}') && (json.need(',', "a comma"), true)) {
      const std::string_view key = json.text();
      json.need(':', "a colon");
      if (key == "timestamp") {
        has_time = true;
        const std::string_view word = json.word();
        if (!parse_time(word, kTicksPerMillisecond, request.arrival)) {
          json.fail_word(key, word, "milliseconds such as `27482`, up to 2.8 years");
        }
        time_ = {json.column(), std::string(word)};
      } else if (key == "input_length") {
        has_input = true;
        request.prompt_tokens = tokens(json, key);
      } else if (key == "output_length") {
        has_output = true;
        request.output_tokens = tokens(json, key);
      } else if (key == "hash_ids") {
        read_blocks(json, request);
      } else {
        json.skip_value();
      }
    }
    if (json.peek() != '\0') {
      json.fail_here("the end of the line");
    }
    if (!has_time || !has_input || !has_output) {
      const char* missing = !has_time ? "timestamp" : !has_input ? "input_length" : "output_length";
      lines.fail(1, std::string("`") + missing + "` is missing", "rows such as `" + std::string(example()) + "`");
    }
  }

  RowTime time_of(const LineReader&, std::string_view) const override { return time_; }

 private:
  static std::int32_t tokens(JsonLine& json, std::string_view key) {
    const std::string_view word = json.word();
    std::int32_t count = 0;
    if (!parse_number(word, count) || count < 0) {
      json.fail_word(key, word, "a whole number of tokens");
    }
    return count;
  }

  static void read_blocks(JsonLine& json, Request& request) {
    request.prefix_blocks.clear();
    json.need('[', "a list of whole numbers");
    for (bool more = !json.take(']'); more; more = !json.take(']') && (json.need(',', "a comma"), true)) {
      const std::string_view word = json.word();
      std::uint64_t hash = 0;
      if (!parse_number(word, hash)) {
        json.fail_word("hash_ids", word, "whole numbers");
      }
      request.prefix_blocks.push_back(hash);
    }
  }

  RowTime time_;
};

}  // namespace

std::unique_ptr<RowFormat> mooncake_format() {
  return std::make_unique<MooncakeFormat>();
}

}  // namespace idlewatt
