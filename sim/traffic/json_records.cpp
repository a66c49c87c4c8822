#include "traffic/json_records.hpp"

#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kLargestRecord = 256 * 1024 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

JsonRecords::JsonRecords(std::string path, std::vector<std::string_view> skipped)
    : file_(std::move(path)), skipped_(std::move(skipped)) {}

bool JsonRecords::refill() {
  if (end_of_file_) {
    return false;
  }
  const std::size_t had = text_.size();
  if (had - begin_ > kLargestRecord) {
    fail(begin_place_, fmt::format("the record is longer than {} bytes", kLargestRecord),
         "a trace with smaller records");
  }
  text_.resize(had + kBlockBytes);
  const std::size_t got = file_.read(text_.data() + had, kBlockBytes);
  text_.resize(had + got);
  end_of_file_ = got == 0;
  if (!started_) {
    started_ = true;
    if (text_.starts_with(kByteOrderMark)) {
      text_.erase(0, kByteOrderMark.size());
    }
  }
  return got > 0;
}

void JsonRecords::step() {
  if (text_[at_] == '\n') {
    ++place_.line;
    place_.column = 0;
  }
  ++place_.column;
  ++at_;
}

char JsonRecords::peek() {
  while (at_ < text_.size() || refill()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      return c;
    }
    step();
    if (at_ == text_.size()) {  // nothing but blanks since the last record
      text_.clear();
      at_ = begin_ = 0;
    }
  }
  return '\0';
}

void JsonRecords::go_to_next_line() {
  at_ = begin_;
  place_ = begin_place_;
  while ((at_ < text_.size() || refill()) && text_[at_] != '\n') {
    step();
    if (at_ == text_.size()) {
      text_.clear();
      at_ = begin_ = 0;
    }
  }
}

void JsonRecords::pass_value() {
  std::size_t depth = 0;
  bool in_text = false;
  while (at_ < text_.size() || refill()) {
    const char c = text_[at_];
    if (in_text) {
      if (c == '\\') {
        step();
        if (at_ == text_.size() && !refill()) {
          return;
        }
      } else if (c == '"') {
        in_text = false;
      }
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) {
        return;
      }
      if (--depth == 0) {
        step();
        return;
      }
    } else if (depth == 0 && (c == ',' || c == '\n')) {
      return;
    }
    step();
    if (depth == 0 && !in_text && c == '"') {
      return;
    }
  }
}

bool JsonRecords::next(JsonValue& record) {
  if (std::exchange(failed_, false)) {
    go_to_next_line();
  }
  if (at_ >= kBlockBytes) {
    text_.erase(0, at_);
    at_ = 0;
  }
  begin_ = at_;
  char first = peek();
  if (!in_list_ && first == '[') {
    in_list_ = true;
    step();
    first = peek();
  }
  if (in_list_ && (first == ',' || first == ']')) {
    step();
    in_list_ = first == ',';
    first = peek();
  }
  if (first == '\0' && end_of_file_ && at_ >= text_.size()) {
    return false;
  }
  begin_ = at_;
  begin_place_ = place_;
  failed_ = true;
  if (first != '{') {
    fail(place_, "unexpected " + quoted(std::string_view(text_).substr(at_, 80)), "an object in curly brackets");
  }
  pass_value();
  JsonProblem problem;
  if (!parse_json(std::string_view(text_).substr(begin_, at_ - begin_), begin_place_, skipped_, record, problem)) {
    const bool end = end_of_file_ && at_ >= text_.size();
    fail(problem.place, problem.problem + (end ? "; the file may be cut off here" : ""), problem.expectation);
  }
  failed_ = false;
  return true;
}

void JsonRecords::fail(JsonPlace place, const std::string& problem, const std::string& expectation) const {
  throw InputError(fmt::format("{}:{}:{}: {} (expected {})", path(), place.line, place.column, problem, expectation));
}

}  // namespace idlewatt
