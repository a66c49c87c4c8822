#include "sweep/slo.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "base/spelling_suggestion.hpp"

namespace idlewatt {
namespace {

constexpr const char* kAnswered = "answered";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\n");
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(" \t\n") - start + 1);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

[[noreturn]] void refuse(const std::string& option, const std::string& condition, const std::string& problem) {
  throw InputError(fmt::format("{}: `{}`: {}", option, condition, problem));
}

const Measure* find_measure(const std::string& word) {
  const auto found = std::find_if(measures().begin(), measures().end(), [&](const Measure& measure) {
    return measure.name == word || lower(measure.label) == lower(word);
  });
  return found == measures().end() ? nullptr : &*found;
}

SloCondition parse_condition(const std::string& text, const std::string& option) {
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string::npos) {
    refuse(option, text, "no condition; expected one such as `ttft p99 < 1 s`");
  }
  const std::size_t behind = sign + 1 < text.size() && text[sign + 1] == '=' ? sign + 2 : sign + 1;
  SloCondition condition;
  condition.text = text;
  condition.at_most = text[sign] == '<';
  const std::string word = trimmed(text.substr(0, sign));
  Dimension dimension = Dimension::share;
  if (lower(word) == kAnswered) {
    condition.measure = kAnswered;
    condition.unit = "1";
  } else {
    const Measure* measure = find_measure(word);
    if (measure == nullptr) {
      std::vector<std::string> names{kAnswered};
      for (const Measure& one : measures()) {
        names.push_back(lower(one.label));
      }
      const auto meant = nearest(word, names);
      refuse(option, text,
             fmt::format("unknown measure `{}`; expected one such as `ttft p99`, `tpot p99`, `e2e p90`, `within slo`{}",
                         word, meant ? fmt::format("; did you mean `{}`?", *meant) : ""));
    }
    condition.measure = measure->name;
    condition.unit = measure->unit;
    dimension = measure->unit == "s"                    ? Dimension::time
                : measure->form == Measure::Form::share ? Dimension::share
                                                        : Dimension::number;
  }
  std::string problem;
  const auto limit = parse_quantity(trimmed(text.substr(behind)), dimension, problem);
  if (!limit) {
    refuse(option, text, problem);
  }
  condition.limit = *limit;
  return condition;
}

}  // namespace

double answered_share(const Summary& summary) {
  const double asked = summary.requests_in - summary.requests_rejected_too_long;
  return asked > 0.0 ? (summary.requests_served + summary.requests_cached) / asked : 1.0;
}

double SloCondition::value(const Summary& summary) const {
  return measure == kAnswered ? answered_share(summary) : find_measure(measure)->get(summary);
}

double SloCondition::ratio(const Summary& summary) const {
  const double now = value(summary);
  if (std::isnan(now)) {
    return kInfinity;
  }
  if (at_most) {
    return limit > 0.0 ? now / limit : (now <= limit ? 1.0 : kInfinity);
  }
  if (now >= limit) {
    return limit < 1.0 ? (1.0 - now) / (1.0 - limit) : 1.0;
  }
  // A share by what is missing; anything else by the quotient.
  return limit < 1.0 ? (1.0 - now) / (1.0 - limit)
                     : (now > 0.0 ? std::max(limit / now, std::nextafter(1.0, 2.0)) : kInfinity);
}

std::string SloCondition::name() const {
  return trimmed(text.substr(0, text.find_first_of("<>")));
}

bool SloCondition::holds(const Summary& summary) const {
  const double now = value(summary);
  return at_most ? now < limit : now > limit;
}

std::vector<SloCondition> parse_conditions(const std::string& text, const std::string& option) {
  std::vector<SloCondition> conditions;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string part = trimmed(text.substr(start, end - start));
    if (!part.empty()) {
      conditions.push_back(parse_condition(part, option));
    }
    start = end + 1;
  }
  if (conditions.empty()) {
    throw InputError(option + ": nothing is asked; expected conditions such as `ttft p99 < 1 s, tpot p99 < 100 ms`");
  }
  return conditions;
}

std::vector<SloCondition> parse_slo(const std::string& text) {
  std::vector<SloCondition> slo = parse_conditions(text, "--slo");
  const auto speaks_of_it = [](const SloCondition& condition) { return condition.measure == kAnswered; };
  if (std::none_of(slo.begin(), slo.end(), speaks_of_it)) {
    slo.push_back(parse_condition("answered > 99 %", "--slo"));
  }
  return slo;
}

std::vector<SloCondition> own_slo(const Scenario& scenario) {
  Slo strictest;
  for (const Traffic& traffic : scenario.traffic) {
    strictest.ttft_s = std::min(strictest.ttft_s, traffic.slo.ttft_s);
    strictest.tpot_s = std::min(strictest.tpot_s, traffic.slo.tpot_s);
  }
  std::string text;
  for (const auto& [name, limit_s] : {std::pair{"ttft", strictest.ttft_s}, std::pair{"tpot", strictest.tpot_s}}) {
    if (std::isfinite(limit_s)) {
      text += (text.empty() ? "" : ", ") + std::string(name) + " p99 < " +
              (limit_s < 1.0 ? number_text(std::round(limit_s * 1e9) / 1e6) + " ms" : number_text(limit_s) + " s");
    }
  }
  return text.empty() ? std::vector<SloCondition>() : parse_slo(text);
}

double worst_ratio(const std::vector<SloCondition>& slo, const Summary& summary) {
  double worst = 0.0;
  for (const SloCondition& condition : slo) {
    worst = std::max(worst, condition.ratio(summary));
  }
  return worst;
}

}  // namespace idlewatt
