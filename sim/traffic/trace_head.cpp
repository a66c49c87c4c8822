#include "traffic/trace_head.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <zlib.h>

#include "base/error.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kHeadBytes = 64 * 1024;
constexpr std::size_t kDeepest = 64;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string first_bytes(const std::string& path) {
  errno = 0;
  const std::unique_ptr<gzFile_s, decltype(&gzclose_r)> file(gzopen(path.c_str(), "rb"), gzclose_r);
  if (!file) {
    throw InputError(
        fmt::format("{}: cannot be opened: {} (expected a readable trace file)", path, std::strerror(errno)));
  }
  std::string text(kHeadBytes, '\0');
  const int got = gzread(file.get(), text.data(), static_cast<unsigned>(text.size()));
  if (got < 0) {
    const int system_error = errno;
    int error = Z_OK;
    const char* reason = gzerror(file.get(), &error);
    throw InputError(fmt::format("{}: cannot be read: {} (expected a readable trace file)", path,
                                 error == Z_ERRNO ? std::strerror(system_error) : reason));
  }
  text.resize(static_cast<std::size_t>(got));
  return text;
}

std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool in_quotes = false;
  for (const char c : line) {
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == ',' && !in_quotes) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// Collects the paths of all keys in JSON that may end anywhere, and may be wrong: what cannot be read is passed over.
class KeyCollector {
 public:
  explicit KeyCollector(std::string_view text) : text_(text) {}

  std::vector<std::string> collect() {
    for (; at_ < text_.size() && inside_.size() < kDeepest; ++at_) {
      switch (text_[at_]) {
        case '"':
          take_text();
          break;
        case '[':
          path_ += inside_.empty() ? "" : "[]";
          [[fallthrough]];
        case '{':
          inside_.push_back(path_.size());
          break;
        case ']':
        case '}':
          if (!inside_.empty()) {
            inside_.pop_back();
          }
          [[fallthrough]];
        case ',':
          path_.resize(inside_.empty() ? 0 : inside_.back());
          break;
        default:
          break;
      }
    }
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return std::move(keys_);
  }

 private:
  /// A text is a key when a colon follows.
  void take_text() {
    const std::size_t start = at_ + 1;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      at_ += text_[at_] == '\\' ? 1 : 0;
    }
    if (at_ >= text_.size()) {
      return;
    }
    const std::size_t colon = text_.find_first_not_of(" \t\r\n", at_ + 1);
    if (colon != std::string_view::npos && text_[colon] == ':') {
      path_ += (path_.empty() ? "" : ".") + std::string(text_.substr(start, at_ - start));
      keys_.push_back(path_);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string path_;
  std::vector<std::size_t> inside_;  // how long the path is inside each open bracket
  std::vector<std::string> keys_;
};

}  // namespace

TraceHead::TraceHead(const std::string& path) : text_(first_bytes(path)) {
  if (text_.starts_with(kByteOrderMark)) {
    text_.erase(0, kByteOrderMark.size());
  }
  columns_ = csv_fields(first_line());
  if (is_json()) {
    keys_ = KeyCollector(text_).collect();
  }
}

std::string_view TraceHead::first_line() const {
  std::string_view line = text();
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

bool TraceHead::has_column(std::string_view name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

bool TraceHead::is_json() const {
  const std::size_t first = text_.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text_[first] == '{' || text_[first] == '[');
}

bool TraceHead::has_key(std::string_view path) const {
  return std::binary_search(keys_.begin(), keys_.end(), path);
}

}  // namespace idlewatt
