// Every mistake that a user can make in a workload or in the marks of an entry, with the exact line that answers it.
#include "scenario/traffic/read_workload.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

/// With `line` between the rate and the spikes, as line 4.
std::string with_line(const std::string& line) {
  return error_of(kScenario, {}, with(kWorkload, "spikes:", line + "\nspikes:"));
}

std::string with_prompt(const std::string& distribution, const std::string& table = "") {
  const Folder folder;
  folder.write("t.csv", table);
  folder.write("chat.yaml", with(kWorkload, "quantiles: {0: 2, 0.5: 928, 1: 14050}", distribution));
  try {
    load_scenario(folder.write("s.yaml", kScenario), options_with({}));
  } catch (const InputError& error) {
    return folder.relative(error.what());
  }
  return "no error";
}

std::string entry(const std::string& marks) {
  return error_with("slo: {ttft: 1 s, tpot: 100 ms}", marks);
}

TEST_CASE("Arrivals of a workload") {
  CHECK(with_line("arrivals: {process: gamma, cv: 2}") == "no error");
  CHECK(with_line("arrivals: {process: gama, cv: 2}") ==
        "chat.yaml:4:21: unknown process `gama`; expected one of `poisson`, `gamma`, `weibull`; did you mean `gamma`?");
  CHECK(with_line("arrivals: {process: gamma, cv: 2 s}") ==
        "chat.yaml:4:32: `cv`: `2 s` has a unit where none is due; expected a number such as `1.5`");
  CHECK(with_line("arrivals: {process: weibull, cv: 0}") ==
        "chat.yaml:4:34: `cv`: `0` is out of range; expected 0.05 to 50");
  CHECK(with_line("arrivals: {process: poisson, cv: 2}") ==
        "chat.yaml:4:34: a poisson process has no `cv`; expected `process: gamma` or `weibull` beside it");
  CHECK(with_line("population: {clients: 3, shares: {}, process: poisson}") ==
        "chat.yaml:4:34: `shares` does not say how; expected one of `{zipf: 1.1}` and `{lognormal: 1.9}`");
  CHECK(with_line("population: {clients: 3, shares: {zipf: 1}, process: poisson}\narrivals: {process: poisson}") ==
        "chat.yaml:5:11: `arrivals` stands beside `population`; expected the process among the population's keys");
  CHECK(with_line("on_off: {on: 5, off: 1 min}") ==
        "chat.yaml:4:14: `on`: `5` has no unit; expected a time such as `50 ms`");
  CHECK(with_line("flash_crowds: {at: 1 h}") ==
        "chat.yaml:4:15: `flash_crowds` is no list; expected crowds such as `- {at: 14 h, height: 8, rise: 2 min, "
        "decay: 20 min}`");
  CHECK(with_line("day_factors: [1, 1, 1, 1, 1, 1]") ==
        "chat.yaml:4:14: `day_factors` has 6 entries; expected a list of 7 numbers");
  CHECK(with_line("day_factors: [0, 0, 0, 0, 0, 0, 0]") ==
        "chat.yaml:4:14: `day_factors` is zero throughout; expected at least one rate above 0");
  CHECK(with_line("rate_table: {file: none.csv}") ==
        "chat.yaml:4:20: there is no file `none.csv`; expected the path of a CSV file with the columns `t_s,rate_rps`, "
        "relative to the workload's folder");
  CHECK(with_line("clients: {count: 3, think_time: {sigma: 1}}") ==
        "chat.yaml:4:33: `think_time` has neither `median` and `mean`; expected one of them");
  CHECK(with_line("sessions: {turns: 0.5, think_time: {mean: 1 s}}") ==
        "chat.yaml:4:19: `turns`: `0.5` is out of range; expected 1 to 10000");
  CHECK(with_line("semantics: {drift: never, similarity: {mean: 93 %}}") == "no error");
  CHECK(with_line("semantics: {intents: 0}") ==
        "chat.yaml:4:22: `intents`: `0` is out of range; expected 1 to 100000000");
}

TEST_CASE("Token lengths of a workload") {
  CHECK(with_prompt("lognormal: {median: 100, sigma: 1, clip: [1, 1000]}") == "no error");
  CHECK(with_prompt("lognormal: {median: 100, sigma: 1, clip: [10, 1]}") ==
        "chat.yaml:6:49: the most of `clip`: `1` is out of range; expected 10 to 100000000");
  CHECK(with_prompt("lognormal: {median: 100, sigma: 1, clip: [10]}") ==
        "chat.yaml:6:44: `clip` has 1 entry; expected the least and the most tokens such as `[1, 16000]`");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n1,0.5\n9,1\n") == "no error");
  CHECK(with_prompt("cdf: t.csv", "tokens,cdf\n1,0.5\n9,1\n") ==
        "t.csv:1:1: the table begins with `tokens,cdf`; expected the header `tokens_le,cdf`");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n1,0.5\n9,x\n") ==
        "t.csv:3:3: `x` is no number of at least 0; expected one such as `12.5`");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n1,0.5\n1,1\n") ==
        "t.csv:3:1: `1` does not ascend; expected more than in the row before");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n1,0.5\n9,0.4\n") ==
        "t.csv:3:1: the cdf is 0.4 here; expected shares that never descend, up to 1");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n1,0.5\n") ==
        "t.csv:2:1: the cdf ends at 0.5; expected 1 in the last row");
  CHECK(with_prompt("cdf: t.csv", "tokens_le,cdf\n") ==
        "t.csv:1:1: the table holds no row; expected rows such as `12,0.5`");
  CHECK(
      with_prompt("cdf: t.csv\n  quantiles: {0: 1, 1: 2}") ==
      "chat.yaml:6:3: `prompt_tokens` has more than one distribution; expected one of `quantiles`, `lognormal`, `cdf`");
}

TEST_CASE("Marks of an entry") {
  CHECK(entry("tenant: 3, priority: 1, class: deferrable, deadline: 6 h, semantics: {}") == "no error");
  CHECK(entry("class: defer") ==
        "s.yaml:3:51: unknown class of requests `defer`; expected one of `interactive`, `deferrable`; did you mean "
        "`deferrable`?");
  CHECK(entry("class: deferrable") ==
        "s.yaml:3:5: key `deadline` is missing in an entry of `traffic`; expected a time such as `50 ms`");
  CHECK(entry("deadline: 6 h") ==
        "s.yaml:3:54: interactive requests have no `deadline`; expected `class: deferrable` beside it");
  CHECK(entry("class: deferrable, deadline: 6 h, slo: {ttft: 1 s}") ==
        "s.yaml:3:83: deferrable requests are judged by their deadline; expected no `slo` beside it");
  CHECK(entry("priority: -1") == "s.yaml:3:54: `priority`: `-1` is negative; expected a whole number such as `8`");
}

}  // namespace
}  // namespace idlewatt::test
