#include "property/report_check.hpp"

#include <algorithm>
#include <cstdint>
#include <sstream>

namespace idlewatt {
namespace {

std::string text(int128_t number) {
  if (number < 0) {
    return "-" + text(-number);
  }
  const std::string last(1, static_cast<char>('0' + static_cast<int>(number % 10)));
  return number < 10 ? last : text(number / 10) + last;
}

class Differences {
 public:
  explicit Differences(std::string where) : where_(std::move(where)) {}

  void same(const char* what, int128_t got, int128_t expected, int128_t tolerance = 0) {
    if (got - expected > tolerance || expected - got > tolerance) {
      text_ += where_ + ": " + what + " " + text(got) + ", the oracle says " + text(expected) + "\n";
    }
  }
  const std::string& str() const { return text_; }

 private:
  std::string where_;
  std::string text_;
};

/// Energy of the part of a step up to `time`, rounded down.
int128_t energy_until(const OracleStep& step, Ticks time) {
  if (time >= step.to) {
    return step.energy.fj;
  }
  return time <= step.from ? 0 : step.energy.fj * (time - step.from) / (step.to - step.from);
}

}  // namespace

std::string compare_finished(const std::vector<Finished>& got, const std::vector<OracleFinished>& expected) {
  std::string result;
  if (got.size() != expected.size()) {
    result +=
        std::to_string(got.size()) + " requests reported, the oracle has " + std::to_string(expected.size()) + "\n";
  }
  for (std::size_t i = 0; i < std::min(got.size(), expected.size()) && result.size() < 1000; ++i) {
    const Finished& a = got[i];
    const Finished& b = expected[i].finished;
    Differences differences("report " + std::to_string(i) + " (request " + std::to_string(b.request.id) + ")");
    differences.same("request", a.request.id, b.request.id);
    differences.same("arrival", a.request.arrival, b.request.arrival);
    differences.same("prompt tokens", a.request.prompt_tokens, b.request.prompt_tokens);
    differences.same("output tokens", a.request.output_tokens, b.request.output_tokens);
    differences.same("admitted", a.admitted, b.admitted);
    differences.same("first token", a.first_token, b.first_token);
    differences.same("end", a.end, b.end);
    differences.same("worst gap", a.worst_gap, b.worst_gap);
    differences.same("generated", a.generated, b.generated);
    differences.same("preemptions", a.preemptions, b.preemptions);
    differences.same("prefix tokens", a.prefix_tokens, b.prefix_tokens);
    differences.same("energy", a.energy.fj, b.energy.fj, expected[i].steps);
    differences.same("prefill energy", a.prefill_energy.fj, b.prefill_energy.fj, expected[i].steps);
    result += differences.str();
  }
  return result;
}

std::string compare_work(const std::vector<Work>& got, const std::vector<OracleStep>& steps, Ticks until) {
  std::string result;
  std::size_t step = 0;  // the first that is not covered yet, or not to its end
  Ticks covered = steps.empty() ? 0 : steps.front().from;
  for (std::size_t i = 0; i < got.size() && result.size() < 1000; ++i) {
    const Work& work = got[i];
    Differences differences("work " + std::to_string(i) + " [" + std::to_string(work.from) + ", " +
                            std::to_string(work.to) + ")");
    if (step == steps.size() || work.to <= work.from) {
      std::ostringstream out;
      out << "work " << i << " [" << work.from << ", " << work.to << ") is of no step; " << work.output_tokens
          << " output tokens, " << text(work.energy.fj) << " fJ\n";
      return result + out.str();
    }
    differences.same("from", work.from, covered);
    int128_t energy = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
    while (step < steps.size() && covered < work.to && covered >= steps[step].from) {
      const OracleStep& now = steps[step];
      differences.same("kind", static_cast<int>(work.kind), static_cast<int>(now.kind));
      differences.same("sequences", work.sequences, now.sequences);
      energy += energy_until(now, work.to) - energy_until(now, covered);
      covered = std::min(now.end(), work.to);
      if (covered == now.end()) {
        prompt_tokens += covered == now.to ? now.prompt_tokens : 0;
        output_tokens += covered == now.to ? now.output_tokens : 0;
        ++step;
        // The next step begins here, or after a silence that no piece may span.
        if (step < steps.size() && covered == work.to) {
          covered = steps[step].from;
          break;
        }
      }
    }
    const bool spans_silence = step < steps.size() && covered < work.to;
    differences.same("silence inside", spans_silence ? 1 : 0, 0);
    differences.same("energy", work.energy.fj, energy);
    differences.same("prompt tokens", work.prompt_tokens, prompt_tokens);
    differences.same("output tokens", work.output_tokens, output_tokens);
    result += differences.str();
  }
  const bool all = step == steps.size() || covered >= until;
  if (result.empty() && !all) {
    result = "work is reported up to " + std::to_string(covered) + ", not up to " + std::to_string(until) + "\n";
  }
  return result;
}

}  // namespace idlewatt
