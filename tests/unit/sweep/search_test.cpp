#include "sweep/search.hpp"

#include <cmath>
#include <cstdio>

#include "base/random.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

/// A made-up fleet: latency falls with replicas, cost rises with them.
struct Fleet {
  double load = 10.0;  ///< replicas that the traffic keeps busy
  double price = 1.0;  ///< of a replica
  double floor = 0.3;  ///< latency that no number of replicas gets below
};

/// The start of a trace carries a little less than all of it; another seed a little more or less.
Verdict judge(const Fleet& fleet, const SearchPlan& plan, const Trial& trial) {
  const double share = plan.rungs[static_cast<std::size_t>(trial.rung)];
  const double load = fleet.load * (0.8 + 0.2 * share) * (1.0 + 0.04 * static_cast<double>(trial.seed));
  const double spare = trial.replicas - load;
  return {.objective = fleet.price * trial.replicas * share, .worst = spare <= 0.0 ? 100.0 : fleet.floor + 1.0 / spare};
}

SearchPlan plan_of(const std::vector<Fleet>& fleets) {
  return {.candidates = fleets.size(),
          .static_fleet = std::vector<bool>(fleets.size(), true),
          .most = 64,
          .rungs = {1.0 / 16.0, 0.25, 1.0},
          .at_once = 2};
}

SearchResult run(const std::vector<Fleet>& fleets, const SearchPlan& plan) {
  return search(plan, [&](const std::vector<Trial>& trials) {
    std::vector<Verdict> verdicts;
    for (const Trial& trial : trials) {
      verdicts.push_back(judge(fleets[trial.candidate], plan, trial));
    }
    return verdicts;
  });
}

}  // namespace

TEST_CASE("the fewest replicas are found by bisection, wherever they are") {
  for (int load = 0; load <= 60; ++load) {
    const std::vector<Fleet> fleets{{.load = load + 0.5, .floor = 0.0}};
    SearchPlan plan = plan_of(fleets);
    const SearchResult result = run(fleets, plan);
    REQUIRE(result.best);
    CHECK(result.replicas == load + 2);  // one and a half to spare: 1 / 1.5 is below 1, 1 / 0.5 is not
    CHECK(result.runs() <= 16);
    CHECK(result.one_more_was_worse);
  }
}

TEST_CASE("random spaces: the same answer as trying everything, at a fraction of the work") {
  RandomStream random(7, "spaces");
  double done = 0.0;
  double all = 0.0;
  for (int space = 0; space < 200; ++space) {
    std::vector<Fleet> fleets(1 + static_cast<std::size_t>(random.uniform() * 12.0));
    for (Fleet& fleet : fleets) {
      fleet = {.load = 1.0 + random.uniform() * 70.0,
               .price = 0.5 + random.uniform() * 4.0,
               .floor = random.uniform() * 1.2};
    }
    SearchPlan plan = plan_of(fleets);
    plan.seeds = 1 + static_cast<std::size_t>(random.uniform() * 3.0);
    const SearchResult quick = run(fleets, plan);
    plan.exhaustive = true;
    const SearchResult full = run(fleets, plan);
    CHECK(quick.best == full.best);
    CHECK(quick.replicas == full.replicas);
    done += quick.work(plan);
    all += full.work(plan);
  }
  std::printf("search: %.1f %% of the work of trying everything\n", 100.0 * done / all);
  CHECK(done < 0.4 * all);
}

TEST_CASE("what a fleet does at the start of the trace never decides: the same answer as trying everything") {
  RandomStream random(11, "bursts");
  for (int space = 0; space < 200; ++space) {
    std::vector<Fleet> fleets(3 + static_cast<std::size_t>(random.uniform() * 10.0));
    // At the start each fleet looks anything between idle and overloaded, whatever the rest of the trace asks of it.
    std::vector<double> start_load;
    for (Fleet& fleet : fleets) {
      fleet = {.load = 1.0 + random.uniform() * 50.0,
               .price = 0.5 + random.uniform() * 4.0,
               .floor = random.uniform() * 1.1};
      start_load.push_back(random.uniform() * 90.0);
    }
    SearchPlan plan = plan_of(fleets);
    plan.seeds = 1 + static_cast<std::size_t>(random.uniform() * 3.0);
    // A seed may ask much more of one fleet than of another, so that the best of the first seed gives way.
    std::vector<double> spread;
    for (std::size_t i = 0; i < fleets.size(); ++i) {
      spread.push_back(random.uniform() * 0.4);
    }
    const auto evaluate = [&](const std::vector<Trial>& trials) {
      std::vector<Verdict> verdicts;
      for (const Trial& trial : trials) {
        const Fleet& fleet = fleets[trial.candidate];
        const bool start = plan.rungs[static_cast<std::size_t>(trial.rung)] < 1.0;
        const double load = start ? start_load[trial.candidate]
                                  : fleet.load * (1.0 + spread[trial.candidate] * static_cast<double>(trial.seed));
        const double spare = trial.replicas - load;
        verdicts.push_back(
            {.objective = fleet.price * trial.replicas, .worst = spare <= 0.0 ? 100.0 : fleet.floor + 1.0 / spare});
      }
      return verdicts;
    };
    const SearchResult quick = search(plan, evaluate);
    plan.exhaustive = true;
    const SearchResult full = search(plan, evaluate);
    INFO("space " << space);
    CHECK(quick.best == full.best);
    CHECK(quick.replicas == full.replicas);
  }
}

TEST_CASE("servers with room for several replicas: the same answer as trying everything, and an end") {
  RandomStream random(13, "servers");
  for (int space = 0; space < 200; ++space) {
    std::vector<Fleet> fleets(1 + static_cast<std::size_t>(random.uniform() * 6.0));
    std::vector<int> room;  // replicas in a server, which is paid for whether full or not
    for (Fleet& fleet : fleets) {
      fleet = {.load = 1.0 + random.uniform() * 40.0,
               .price = 1.0 + std::floor(random.uniform() * 4.0),
               .floor = random.uniform() * 1.1};
      room.push_back(1 + static_cast<int>(random.uniform() * 8.0));
    }
    SearchPlan plan = plan_of(fleets);
    plan.seeds = 1 + static_cast<std::size_t>(random.uniform() * 3.0);
    const auto evaluate = [&](const std::vector<Trial>& trials) {
      std::vector<Verdict> verdicts;
      for (const Trial& trial : trials) {
        Verdict one = judge(fleets[trial.candidate], plan, trial);
        const int servers = (trial.replicas + room[trial.candidate] - 1) / room[trial.candidate];
        one.objective = fleets[trial.candidate].price * servers * room[trial.candidate];
        verdicts.push_back(one);
      }
      return verdicts;
    };
    const SearchResult quick = search(plan, evaluate);
    plan.exhaustive = true;
    const SearchResult full = search(plan, evaluate);
    INFO("space " << space);
    REQUIRE(quick.best == full.best);
    if (quick.best) {
      CHECK(quick.ends[*quick.best].how == CandidateEnd::How::best);
      CHECK(quick.tried.at({*quick.best, quick.replicas, 2, 0}).objective ==
            full.tried.at({*full.best, full.replicas, 2, 0}).objective);
    }
  }
}

TEST_CASE("without an answer the search says what came nearest") {
  const std::vector<Fleet> fleets{{.load = 10.0, .floor = 3.0}, {.load = 10.0, .floor = 1.2}};
  const SearchResult result = run(fleets, plan_of(fleets));
  REQUIRE(result.nearest);
  CHECK(result.nearest->candidate == 1);
  CHECK(result.nearest->replicas == 64);
}

TEST_CASE("no fleet meets the SLO: no answer, and everybody is said to miss it") {
  const std::vector<Fleet> fleets{{.load = 100.0}, {.floor = 1.5}};
  const SearchResult result = run(fleets, plan_of(fleets));
  CHECK_FALSE(result.best);
  for (const CandidateEnd& end : result.ends) {
    CHECK(end.how == CandidateEnd::How::misses);
    CHECK(end.replicas == 64);
  }
}

TEST_CASE("an answer that fails another seed gets more replicas") {
  const std::vector<Fleet> fleets{{.load = 20.0, .floor = 0.0}};
  SearchPlan plan = plan_of(fleets);
  CHECK(run(fleets, plan).replicas == 21);
  plan.seeds = 3;  // the third has 8 % more load: 21.6 busy
  CHECK(run(fleets, plan).replicas == 23);
}

TEST_CASE("a fleet whose cost falls with more replicas gets them") {
  SearchPlan plan{.candidates = 1, .static_fleet = {false}, .most = 16};
  const SearchResult result = search(plan, [](const std::vector<Trial>& trials) {
    std::vector<Verdict> verdicts;
    for (const Trial& trial : trials) {
      verdicts.push_back({.objective = std::abs(trial.replicas - 6.0), .worst = trial.replicas >= 4 ? 0.9 : 2.0});
    }
    return verdicts;
  });
  CHECK(result.replicas == 6);
}

TEST_CASE("the Pareto front rises in objective and falls in what is missed") {
  const std::vector<Fleet> fleets{{.load = 5.0}, {.load = 8.0, .price = 0.5}};
  SearchPlan plan = plan_of(fleets);
  plan.exhaustive = true;
  const SearchResult result = run(fleets, plan);
  const std::vector<Trial> front = result.pareto(plan);
  REQUIRE(front.size() > 3);
  for (std::size_t i = 1; i < front.size(); ++i) {
    CHECK(result.tried.at(front[i]).objective > result.tried.at(front[i - 1]).objective);
    CHECK(result.tried.at(front[i]).worst < result.tried.at(front[i - 1]).worst);
  }
}
