// A client of ServeGen (alibaba/ServeGen data/*/*/chunk-*, servegen/clientpool.py, construct.py @ f891d11): no requests,
// but what they are drawn from, in two files. chunk-7-trace.csv has windows without a header,
//
//     0,1.25,2.0,Weibull,0.6,0.53        start (s), requests/s, cv, law of the gaps, its shape, its scale
//
// and chunk-7-dataset.json beside it the lengths in spans, each from its start to the next: a text that maps tokens to
// probabilities. The rate is what counts: gaps of the law and shape are stretched so that they fill the window. A window
// of rate 0 or without a law is silent; a span without lengths has those of the span before, or else of the next. One
// client is a part of a workload, which is the sum of many. The draws are the same for every seed of a scenario.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/gap_sampler.hpp"
#include "traffic/json_records.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr double kWindowS = 600.0;
constexpr double kMostInWindow = 1e7;
constexpr std::string_view kWindowExample = "0,1.25,2.0,Weibull,0.6,0.53";
constexpr std::string_view kEnding = "-trace.csv";

struct Window {
  double start_s = 0.0;
  double rate_rps = 0.0;
  std::string law;
  double shape = 1.0;
};

/// Tokens by their probability, as cumulative sums.
struct Lengths {
  std::vector<std::pair<double, std::int32_t>> upto;

  std::int32_t at(double p) const {
    const double wanted = p * upto.back().first;
    const auto found = std::upper_bound(upto.begin(), upto.end(), wanted,
                                        [](double share, const auto& entry) { return share < entry.first; });
    return found == upto.end() ? upto.back().second : found->second;
  }
};

struct Span {
  double from_s = 0.0;
  Lengths prompt;
  Lengths output;
};

bool parse_decimal(std::string_view text, double& value) {
  char* end = nullptr;
  const std::string copy(text);
  value = std::strtod(copy.c_str(), &end);
  return !copy.empty() && end == copy.c_str() + copy.size() && std::isfinite(value);
}

class Dataset {
 public:
  explicit Dataset(const std::string& path) : path_(path) {
    JsonRecords records(path);
    JsonValue root;
    if (!records.next(root)) {
      throw InputError(path +
                       ":1:1: the file is empty (expected spans such as `{\"0\": {\"input_tokens\": \"{100: 1}\"}}`)");
    }
    for (const JsonMember& member : root.members) {
      Span span;
      if (!parse_decimal(member.key, span.from_s)) {
        fail(member.value, fmt::format("the key `{}` is no start of a span", member.key.substr(0, 40)), "seconds");
      }
      span.prompt = lengths(member.value, "input_tokens");
      span.output = lengths(member.value, "output_tokens");
      if (!span.prompt.upto.empty() && !span.output.upto.empty()) {
        spans_.push_back(std::move(span));
      }
    }
    if (spans_.empty()) {
      throw InputError(path +
                       ":1:1: no span has lengths (expected `input_tokens` and `output_tokens` with probabilities)");
    }
    std::sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) { return a.from_s < b.from_s; });
  }

  /// The last span that begins by then, or the first of all.
  const Span& at(double time_s) const {
    const auto next = std::upper_bound(spans_.begin(), spans_.end(), time_s,
                                       [](double time, const Span& span) { return time < span.from_s; });
    return next == spans_.begin() ? spans_.front() : *(next - 1);
  }

 private:
  Lengths lengths(const JsonValue& span, std::string_view key) const {
    const JsonValue* found = span.find(key);
    if (found == nullptr || !found->is_text()) {
      fail(span, fmt::format("`{}` is missing, or no text", key), "a text such as `{100: 0.5, 200: 0.5}`");
    }
    std::string_view text = found->text;
    Lengths result;
    double sum = 0.0;
    const auto skip = [&](std::string_view characters) {
      const std::size_t first = text.find_first_not_of(characters);
      text.remove_prefix(std::min(first, text.size()));
    };
    skip(" {");
    while (!text.empty() && text.front() != '}') {
      const std::size_t colon = std::min(text.find(':'), text.size());
      const std::size_t end = std::min(text.find_first_of(",}"), text.size());
      double tokens = 0.0;
      double share = 0.0;
      std::string_view number = colon < end ? text.substr(colon + 1, end - colon - 1) : std::string_view{};
      number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
      if (!parse_decimal(text.substr(0, colon), tokens) || !parse_decimal(number, share) || tokens < 0.0 ||
          tokens > 2e9 || share < 0.0) {
        fail(*found, std::string(key) + " has " + quoted(text), "pairs of tokens and probabilities");
      }
      sum += share;
      if (share > 0.0) {
        result.upto.emplace_back(sum, static_cast<std::int32_t>(std::lround(tokens)));
      }
      text.remove_prefix(end);
      skip(", ");
    }
    return result;
  }

  [[noreturn]] void fail(const JsonValue& at, const std::string& problem, const std::string& expectation) const {
    throw InputError(fmt::format("{}:{}:{}: {} (expected {})", path_, at.line, at.column, problem, expectation));
  }

  std::string path_;
  std::vector<Span> spans_;
};

std::string dataset_path(const std::string& path) {
  std::string result = path;
  if (!path.ends_with(kEnding)) {
    throw InputError(
        fmt::format("{}: is a client of ServeGen whose lengths stand in another file (expected a name such as "
                    "chunk-7-trace.csv, with chunk-7-dataset.json beside it)",
                    path));
  }
  return result.replace(path.size() - kEnding.size(), kEnding.size(), "-dataset.json");
}

class ServeGenReader final : public TraceReader {
 public:
  explicit ServeGenReader(const TraceFile& trace)
      : trace_(trace), lines_(trace.path), dataset_(dataset_path(trace.path)), name_(stem(trace.path)) {
    has_next_ = read(next_window_);
    if (!has_next_) {
      throw InputError(
          fmt::format("{}:1:1: the file holds no window (expected rows such as `{}`)", trace.path, kWindowExample));
    }
  }
  ServeGenReader(const ServeGenReader&) = delete;
  ServeGenReader& operator=(const ServeGenReader&) = delete;
  ~ServeGenReader() override { report_skipped(trace_, skipped_); }

  bool next(Request& request) override {
    for (;;) {
      while (at_ == arrivals_.size()) {
        if (!has_next_) {
          report_skipped(trace_, skipped_);
          return false;
        }
        begin_window();
      }
      request = Request{};
      request.arrival = arrivals_[at_++];
      request.prompt_tokens = span_->prompt.at(prompt_.uniform());
      request.output_tokens = span_->output.at(output_.uniform());
      if (accept_tokens(trace_.zero_tokens, request, skipped_,
                        fmt::format("{}:{}", lines_.path(), lines_.line_number()))) {
        request.id = given_++;
        return true;
      }
    }
  }

 private:
  static std::string stem(const std::string& path) { return std::filesystem::path(path).filename().string(); }

  bool read(Window& window) {
    std::string_view line;
    if (!lines_.next(line) || line.empty()) {
      return false;
    }
    CsvFields fields(lines_, line);
    const double before = window.start_s;
    window.start_s = number(fields, "the start");
    window.rate_rps = number(fields, "the rate");
    number(fields, "the cv");
    window.law = fields.need("the law", kWindowExample);
    window.shape = number(fields, "the shape");
    number(fields, "the scale");
    fields.need_end("the scale");
    if (lines_.line_number() > 1 && !(window.start_s > before)) {
      lines_.fail(1, "the window begins no later than the one above", "windows in order of time");
    }
    if (window.law != "" && window.law != "Gamma" && window.law != "Weibull") {
      lines_.fail(1, "the law of the gaps is " + idlewatt::quoted(window.law), "Gamma, Weibull or nothing");
    }
    if (window.law != "" && window.rate_rps > 0.0 && !(window.shape >= 1e-3 && window.shape <= 400.0)) {
      lines_.fail(1, "the shape of the gaps is out of range", "0.001 to 400");
    }
    return true;
  }

  double number(CsvFields& fields, std::string_view name) {
    const std::string_view text = fields.need(name, kWindowExample);
    double value = 0.0;
    if (!parse_decimal(text, value) || value < 0.0 || value > 9e7) {
      fields.fail_field(name, text, "a number, not below 0");
    }
    return value;
  }

  void begin_window() {
    const Window window = next_window_;
    has_next_ = read(next_window_);
    const double length = has_next_ ? std::min(next_window_.start_s - window.start_s, kWindowS) : kWindowS;
    arrivals_.clear();
    at_ = 0;
    span_ = &dataset_.at(window.start_s);
    const double wanted = window.law.empty() ? 0.0 : window.rate_rps * length + owed_;
    const double whole = std::floor(wanted);
    owed_ = wanted - whole;
    if (whole > kMostInWindow) {
      lines_.fail(1, "the window holds more than ten million requests", "a lower rate");
    }
    const auto count = static_cast<std::size_t>(whole);
    if (count == 0) {
      return;
    }
    std::vector<double> ends;
    double sum = 0.0;
    for (std::size_t gap = 0; gap <= count; ++gap) {
      ends.push_back(sum += draw_gap(window));
    }
    for (std::size_t i = 0; i < count; ++i) {
      arrivals_.push_back(to_ticks(window.start_s + length * ends[i] / sum));
    }
  }

  double draw_gap(const Window& window) {
    if (window.law == "Weibull") {
      return std::pow(gaps_.exponential(), 1.0 / window.shape);
    }
    // Only the shape matters: the sum of the window's gaps is stretched to its length.
    if (!gamma_ || gamma_shape_ != window.shape) {
      gamma_shape_ = window.shape;
      const double cv = std::clamp(1.0 / std::sqrt(window.shape), GapSampler::kMinCv, GapSampler::kMaxCv);
      gamma_.emplace(Gaps{GapLaw::gamma, cv}, RandomStream(gaps_.bits(), name_));
    }
    return gamma_->draw();
  }

  TraceFile trace_;
  LineReader lines_;
  Dataset dataset_;
  std::string name_;
  RandomStream gaps_{1, name_ + "/gaps"};
  RandomStream prompt_{1, name_ + "/prompt"};
  RandomStream output_{1, name_ + "/output"};
  std::optional<GapSampler> gamma_;
  double gamma_shape_ = 0.0;
  Window next_window_;
  bool has_next_ = false;
  double owed_ = 0.0;  ///< the part of a request that the windows so far have not sent
  const Span* span_ = nullptr;
  std::vector<Ticks> arrivals_;
  std::size_t at_ = 0;
  std::int64_t given_ = 0;
  SkippedRows skipped_;
};

bool looks_like_window(const TraceHead& head) {
  const std::vector<std::string>& fields = head.columns();
  double number = 0.0;
  return fields.size() == 6 && (fields[3].empty() || fields[3] == "Gamma" || fields[3] == "Weibull") &&
         parse_decimal(fields[0], number) && parse_decimal(fields[1], number) && parse_decimal(fields[5], number);
}

}  // namespace

TraceFormat declare_servegen() {
  return {.name = "servegen",
          .summary = "a client of ServeGen (alibaba/ServeGen): chunk-N-trace.csv, with chunk-N-dataset.json beside it",
          .recognised_by = "six columns without a header, the fourth of them Gamma, Weibull or empty",
          .times = "seconds; they stay. Requests are drawn from rates and laws, the same for every seed",
          .lost =
              "the cv and the scale, which the rate and the shape replace; prompt and output lengths are drawn "
              "independently, as the files give them",
          .recognises = looks_like_window,
          .open = [](const TraceFile& trace) -> std::unique_ptr<TraceReader> {
            return std::make_unique<ServeGenReader>(trace);
          }};
}

}  // namespace idlewatt
