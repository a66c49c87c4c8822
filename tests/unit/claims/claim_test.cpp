// Claims: from the file to the verdict, and verdicts that turn when a number does.
#include "claims/claim.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "scenario/claim/read_claim.hpp"
#include "support/source_dir.hpp"

using namespace idlewatt;

namespace {

const std::string kStart = R"(title: t
claim:
  says: Two is more than one.
  given:
    two: {value: 2, unit: W, source: counted}
)";

const std::string kEnd = R"(  find:
    twice: {is: 2 * two, unit: kWh}
    share: twice / 8
  shows: ["It is {twice}, {share} of eight; {two} at first, {twice:number} then."]
  assumes: ["Numbers are numbers, {two} two."]
  verdict:
    - {when: share > 0.75, is: holds}
    - {when: share >= 0.5, is: "holds only if it is {twice}", because: "It is {twice}."}
    - {when: otherwise, is: does not hold}
)";

/// A file in a folder of its own, which goes when the test ends.
class File {
 public:
  explicit File(const std::string& text)
      : folder_(std::filesystem::temp_directory_path() /
                ("idlewatt-claim-test-" + std::to_string(getpid()) + "-" + std::to_string(number++))) {
    std::filesystem::create_directories(folder_);
    std::ofstream(path()) << text;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "c.yaml").string(); }

 private:
  inline static int number = 0;
  std::filesystem::path folder_;
};

struct Read {
  ClaimFile claim;
  std::shared_ptr<const Catalog> catalog;
};

Read read(const std::string& text, const std::vector<std::string>& set = {}) {
  const File file(text);
  LoadOptions options;
  options.platforms_dir = source_dir() + "/platforms";
  options.set = set;
  ScenarioSource source(file.path(), options);
  return {read_claim(source), source.catalog()};
}

ClaimAnswer judged(const std::string& text, const std::vector<ClaimRun>& runs = {},
                   const std::vector<std::string>& set = {}) {
  const Read one = read(text, set);
  const NamedValues values = claim_values(one.claim, *one.catalog, runs);
  check_claim(one.claim, values);
  return judge(one.claim, values);
}

std::string error(const std::string& text, const std::vector<ClaimRun>& runs = {}) {
  try {
    judged(text, runs);
  } catch (const InputError& problem) {
    const std::string what = problem.what();
    return what.substr(what.find("c.yaml"));
  }
  return "";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

}  // namespace

TEST_CASE("The first rule that applies decides, and texts show what was found") {
  const ClaimAnswer answer = judged(kStart + kEnd);
  CHECK(answer.verdict == Verdict::holds_only_if);
  CHECK(answer.verdict_text == "holds only if it is 4 kWh");
  CHECK(answer.because == "It is 4 kWh.");
  CHECK(answer.shows == std::vector<std::string>{"It is 4 kWh, 0.5 of eight; 2 W at first, 4 then."});
  CHECK(answer.assumes == std::vector<std::string>{"Numbers are numbers, 2 W two."});
  REQUIRE(answer.quantities.size() == 3);
  CHECK(answer.quantities[0].source == "counted");
  CHECK(answer.quantities[1].value == 4.0);
  CHECK(judged(replaced(kStart, "value: 2", "value: 4") + kEnd).verdict == Verdict::holds);
  CHECK(judged(replaced(kStart, "value: 2", "value: 1") + kEnd).verdict == Verdict::does_not_hold);
}

TEST_CASE("Expressions see the catalogue, with what the file and the command line change in it") {
  const std::string text = kStart + replaced(kEnd, "twice / 8", "catalog.models.gemma_7b.layers / 28");
  CHECK(judged(text).quantities[2].value == 1.0);
  CHECK(judged("catalog: {models: {gemma-7b: {layers: 14}}}\n" + text).quantities[2].value == 0.5);
  CHECK(judged(text, {}, {"catalog.models.gemma-7b.layers=14"}).quantities[2].value == 0.5);
  CHECK(judged(kStart + replaced(kEnd, "twice / 8", "catalog.accelerators.a100_sxm_80.peak.bf16 / 312e12"))
            .quantities[2]
            .value == Approx(1.0));
}

TEST_CASE("Expressions see the answers of runs") {
  ClaimRun run{"a big one", {}};
  run.summary.it_energy_kwh = 3.0;
  run.summary.ttft_s.p99 = 0.25;
  const std::string text =
      kStart + replaced(kEnd, "twice / 8", "run.a_big_one.it_energy_kwh * run.a_big_one.ttft_s_p99");
  CHECK(judged(text, {run}).quantities[2].value == 0.75);
  run.variant = "";
  CHECK(judged(kStart + replaced(kEnd, "twice / 8", "run.it_energy_kwh"), {run}).quantities[2].value == 3.0);
  CHECK(error(kStart + kEnd, {{"a b", {}}, {"a-b", {}}}).find("has the same name in expressions as another one") !=
        std::string::npos);
}

TEST_CASE("Steps have the numbers of the physics") {
  const std::string steps = R"(  physics:
    one by one: {model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: 1, context: 1024}
    sizes: {model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: [1, 64], context: 1024}
    prompt: {model: llama-3-8b, servers: a100-80-1, precision: bf16, prompt: 512}
)";
  const Read one = read(kStart + steps + kEnd);
  const NamedValues values = claim_values(one.claim, *one.catalog, {});
  const auto at = [&](const std::string& name) { return values.at("physics." + name); };
  CHECK(at("one_by_one.tokens_per_s") == at("sizes.batch_1.tokens_per_s"));
  CHECK(at("sizes.batch_64.step_s") * at("sizes.batch_64.tokens_per_s") == Approx(64.0));
  CHECK(at("prompt.step_s") * at("prompt.tokens_per_s") == Approx(512.0));
  // At the plug: the accelerator with its share of power supplies and fans, and the rest of the server.
  const Server& server = one.catalog->servers.at("a100-80-1");
  CHECK(at("one_by_one.wall_power_w") ==
        Approx(at("one_by_one.accelerator_power_w") * (1.0 + server.overhead_per_accelerator_w.value) +
               server.base_w.value));
  CHECK(at("one_by_one.wall_energy_per_token_j") ==
        Approx(at("one_by_one.wall_power_w") / at("one_by_one.tokens_per_s")));
  CHECK(at("one_by_one.kv_bytes_per_token") == 2.0 * 32 * 8 * 128 * 2);
  CHECK(at("one_by_one.fits") == 1.0);
}

TEST_CASE("The best batch is the one with the least energy that fits in memory and time") {
  const auto best = [](const std::string& within) {
    const Read one = read(kStart +
                          "  physics: {p: {model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: [8, 32, "
                          "512], context: 2000" +
                          within + "}}\n" + kEnd);
    return claim_values(one.claim, *one.catalog, {});
  };
  const NamedValues any = best("");
  CHECK(any.at("physics.p.batch_512.fits") == 0.0);
  CHECK(any.at("physics.p.best.batch") == 32.0);
  CHECK(any.at("physics.p.best.step_s") == any.at("physics.p.batch_32.step_s"));
  CHECK(best(", within: 15 ms").at("physics.p.best.batch") == 8.0);
  CHECK(std::isnan(best(", within: 1 ms").at("physics.p.best.step_s")));
  CHECK(error(kStart +
              "  physics: {p: {model: llama-3-8b, servers: a100-80-1, precision: bf16, batch: 8, context: 9, "
              "within: 1 s}}\n" +
              kEnd)
            .find("no list of batches") != std::string::npos);
}

TEST_CASE("Mistakes in claims are one line with their place, whether their rule would apply or not") {
  CHECK(error(kStart + replaced(kEnd, "twice / 8", "twce / 8")).rfind("c.yaml:8:12: unknown quantity `twce`", 0) == 0);
  CHECK(error(kStart + replaced(kEnd, "share >= 0.5", "shre >= 0.5")).find("did you mean `share`?") !=
        std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "{share} of", "{shar} of")).rfind("c.yaml:9:28: unknown quantity `shar`", 0) ==
        0);
  CHECK(error(kStart + replaced(kEnd, "number} then", "number then")).find("is not closed") != std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "is: holds}", "is: may hold}")).find("`may hold` is no verdict") !=
        std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "when: otherwise", "when: 1 > 0")).find("the last rule is not") !=
        std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "when: share > 0.75", "when: otherwise")).find("not the last rule") !=
        std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "share:", "two:")).find("is there already") != std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "share: twice", "min: twice")).find("`min` is a function of expressions") !=
        std::string::npos);
  CHECK(error(replaced(kStart, ", source: counted", "") + kEnd).find("`source` is missing") != std::string::npos);
  CHECK(error(kStart + replaced(kEnd, "twice / 8", "twice / 0")).find("came out as no finite number") !=
        std::string::npos);
  CHECK(error(kStart + "  physics: {p: {model: llama-3-8b, servers: a100-80-1, precision: bf16}}\n" + kEnd)
            .find("neither of `batch` and `prompt`") != std::string::npos);
}

TEST_CASE("A list of claims names files that have one") {
  const File file("title: t\nclaims: [c.yaml]\n");
  CHECK_THROWS_WITH(read_claim_list(file.path()), Catch::Contains("c.yaml:2:10: `c.yaml` has no `claim:`"));
  const File one(kStart + kEnd);
  const auto list = read_claim_list(one.path());
  REQUIRE(list.has_value());
  CHECK(list->files == std::vector<std::string>{one.path()});
  const File none("title: t\n");
  CHECK_FALSE(read_claim_list(none.path()).has_value());
}
