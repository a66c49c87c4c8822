#include "property/replica_judge.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "engine/replica.hpp"
#include "physics/slowed_steps.hpp"
#include "property/report_check.hpp"
#include "property/step_oracle.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kEnd = kNever - 1;

/// When to look at the replica between arrivals.
struct Probe {
  Ticks at = 0;
  bool report = false;
};

/// A replica and its oracle, driven together.
class Pair {
 public:
  explicit Pair(const ReplicaCase& replica_case)
      : case_(&replica_case),
        physics_(replica_case.make_physics()),
        slowed_(*physics_, replica_case.slowness, Power::from_w(80)),
        order_(replica_case.make_order()),
        prefix_(replica_case.make_prefix()),
        spec_(spec(*physics_)),
        slow_spec_(spec(slowed_)),
        replica_(spec_, replica_case.make_policy()),
        oracle_(*physics_, replica_case.blocks, replica_case.make_policy(), *order_, *prefix_, replica_case.hands_over,
                replica_case.layout, replica_case.scheduler) {
    for (std::size_t i = 0; i < replica_case.requests.size(); ++i) {
      if (replica_case.requests[i].cancelled != kNever) {
        cancels_.push_back(i);
      }
    }
    std::stable_sort(cancels_.begin(), cancels_.end(), [&](std::size_t left, std::size_t right) {
      return replica_case.requests[left].cancelled < replica_case.requests[right].cancelled;
    });
  }

  /// Drives both up to `until`, looking at the replica at each probe (by time).
  void drive(const std::vector<Probe>& probes, Ticks until) {
    std::size_t next = 0;
    while (problem_.empty()) {
      const bool probe = next < probes.size() && probes[next].at <= until;
      const bool arrival = arrived_ < case_->requests.size() && case_->requests[arrived_].at <= until;
      const Ticks arrives = arrival ? case_->requests[arrived_].at : kNever;
      const Ticks looks = probe ? probes[next].at : until;
      const Ticks pace = paced_ < case_->paces.size() ? case_->paces[paced_] : kNever;
      if (cancel_before(arrives, std::min(looks, pace), until)) {
        continue;
      }
      if (pace <= std::min(arrives, looks)) {
        change_pace(pace);
        continue;
      }
      // Probes at the tick of an arrival come before it and after it.
      if (arrival && (!probe || arrives < probes[next].at || (arrives == probes[next].at && next % 2 == 0))) {
        arrive(arrived_);
        ++arrived_;
      } else if (probe) {
        look(probes[next]);
        ++next;
      } else {
        break;
      }
    }
    advance(until);
  }

  void compare_all() {
    note(compare_finished(reports_.finished(), oracle_.finished()));
    note(compare_finished(reports_.handed(), oracle_.handed()));
    note(compare_work(reports_.work(), oracle_.steps(), kEnd));
    note(check_shares());
    if (replica_.outstanding() != 0 || replica_.blocks_in_use(kEnd) != 0 || replica_.stepping()) {
      note("the replica is not empty at the end\n");
    }
  }

  /// Takes everything out at the horizon, which must leave a replica as good as new for the requests that follow.
  void break_off(Ticks horizon) {
    broken_off_ = true;
    replica_.report_work(horizon, reports_);
    released_ = oracle_.handed().size();
    releases_.clear();
    note(compare_work(reports_.work(), oracle_.steps(), horizon));
    note(compare_finished(replica_.take_unfinished(horizon), oracle_.take_unfinished(horizon)));
    if (replica_.outstanding() != 0 || replica_.blocks_in_use(horizon) != 0 || replica_.stepping() ||
        replica_.next_change() != kNoChange) {
      note("the replica is not empty after take_unfinished\n");
    }
  }

  const StepOracle& oracle() const { return oracle_; }
  const std::string& problem() const { return problem_; }

 private:
  ReplicaSpec spec(const StepModel& physics) const {
    ReplicaSpec spec(physics, case_->blocks, case_->context_tokens(), case_->make_policy()->max_sequences(),
                     case_->layout);
    spec.queue = order_.get();
    spec.prefix = prefix_.get();
    spec.hands_over = case_->hands_over;
    spec.front_end = {case_->scheduler.per_request, case_->scheduler.per_prompt_token};
    spec.asynchronous = case_->scheduler.asynchronous;
    return spec;
  }

  void arrive(std::size_t index) {
    const Request request = case_->request(index);
    const Ticks now = case_->requests[index].at;
    advance(now);
    if (!replica_.fits(request)) {
      note("request " + std::to_string(index) + " does not fit, says the replica\n");
      return;
    }
    if (case_->requests[index].received && request.output_tokens > 1) {
      const Ticks first_token = std::max<Ticks>(0, now - case_->requests[index].held);
      RequestProgress progress;
      progress.admitted = request.arrival;
      progress.first_token = first_token;
      progress.last_emission = first_token;
      progress.generated = 1;
      replica_.receive(request, progress, now);
      oracle_.receive(request, first_token, now);
      return;
    }
    replica_.enqueue(Request(request), now);
    oracle_.enqueue(request, now);
  }

  void change_pace(Ticks now) {
    advance(now);
    const bool slow = paced_++ % 2 == 0;
    replica_.price_by(slow ? slow_spec_ : spec_, now);
    oracle_.price_by(slow ? static_cast<const StepModel&>(slowed_) : *physics_);
  }

  /// Cancels the next request, if its time comes before an arrival and not after a probe.
  bool cancel_before(Ticks arrives, Ticks probe, Ticks until) {
    if (cancelled_ == cancels_.size()) {
      return false;
    }
    const std::size_t index = cancels_[cancelled_];
    const Ticks at = case_->requests[index].cancelled;
    // At the tick of an arrival some come before it, but nobody before his own.
    const bool here = index < arrived_ && (at < arrives || (at == arrives && index % 2 == 0));
    if (!here || at > probe || at > until) {
      return false;
    }
    ++cancelled_;
    advance(at);
    if (oracle_.wants(static_cast<std::int64_t>(index))) {
      replica_.cancel(static_cast<std::int64_t>(index), at, reports_);
      oracle_.cancel(static_cast<std::int64_t>(index), at);
    }
    return true;
  }

  void look(const Probe& probe) {
    advance(probe.at);
    if (probe.report) {
      replica_.report_work(probe.at, reports_);
      const bool under_way = oracle_.stepping() && oracle_.steps().back().from < probe.at;
      if (under_way && (reports_.work().empty() || reports_.work().back().to != probe.at)) {
        note("report_work(" + std::to_string(probe.at) + ") does not report work up to then\n");
      }
    }
    const std::int64_t in_use = case_->blocks - oracle_.free_blocks();
    if (replica_.blocks_in_use(probe.at) != in_use) {
      note("at " + std::to_string(probe.at) + ": " + std::to_string(replica_.blocks_in_use(probe.at)) +
           " KV blocks in use; the oracle has " + std::to_string(in_use) + "\n");
    }
    if (replica_.waiting() != oracle_.waiting() || replica_.running() != oracle_.running()) {
      std::ostringstream out;
      out << "at " << probe.at << ": " << replica_.waiting() << " waiting, " << replica_.running()
          << " running; the oracle has " << oracle_.waiting() << " and " << oracle_.running() << "\n";
      note(out.str());
    }
  }

  /// The shares of the requests sum to the energy of the steps, but for what each rounds down.
  std::string check_shares() const {
    Energy shares;
    std::int64_t rounded = 0;
    for (std::size_t i = 0; i < reports_.finished().size() && i < oracle_.finished().size(); ++i) {
      shares += reports_.finished()[i].energy;
      rounded += oracle_.finished()[i].steps;
    }
    for (std::size_t i = 0; i < reports_.handed().size() && i < oracle_.handed().size(); ++i) {
      shares += reports_.handed()[i].energy;
      rounded += oracle_.handed()[i].steps;
    }
    Energy total;
    for (const OracleStep& step : oracle_.steps()) {
      total += step.energy;
    }
    // A piece's fixed part may be negative, and is then rounded up.
    const bool whole = shares <= total + Energy{rounded} && total <= shares + Energy{rounded};
    return whole || broken_off_ ? std::string() : "the shares of energy do not sum to the energy of the steps\n";
  }

  void advance(Ticks now) {
    while (problem_.empty()) {
      const Ticks release = releases_.empty() ? kNever : releases_.begin()->first;
      const Ticks next = oracle_.next_time();
      const Ticks until = case_->hands_over && next < now ? next + 1 : now;
      if (release <= until) {
        advance_both(release);
        const std::int64_t id = releases_.begin()->second;
        releases_.erase(releases_.begin());
        replica_.release(id, release);
        oracle_.release(id, release);
      } else {
        advance_both(until);
        if (until == now) {
          return;
        }
      }
    }
  }

  void advance_both(Ticks now) {
    replica_.advance_to(now, reports_);
    oracle_.advance_to(now);
    if (reports_.handed().size() != oracle_.handed().size()) {
      note("at " + std::to_string(now) + " not the same requests were handed over\n");
      return;
    }
    for (; released_ < oracle_.handed().size(); ++released_) {
      const Finished& handed = oracle_.handed()[released_].finished;
      const Ticks held = case_->requests[static_cast<std::size_t>(handed.request.id)].held;
      releases_.emplace(handed.end + held, handed.request.id);
    }
  }

  void note(const std::string& problem) { problem_ += problem; }

  const ReplicaCase* case_;
  std::unique_ptr<StepModel> physics_;
  SlowedSteps slowed_;
  std::unique_ptr<QueuePolicy> order_;
  std::unique_ptr<PrefixPolicy> prefix_;
  ReplicaSpec spec_;
  ReplicaSpec slow_spec_;
  Replica replica_;
  StepOracle oracle_;
  Reports reports_;
  std::size_t arrived_ = 0;
  std::vector<std::size_t> cancels_;  ///< requests, in the order in which they are cancelled
  std::size_t cancelled_ = 0;
  std::size_t paced_ = 0;
  std::set<std::pair<Ticks, std::int64_t>> releases_;  ///< of blocks held, to come
  std::size_t released_ = 0;                           ///< handed over, and in releases_ or done
  bool broken_off_ = false;
  std::string problem_;
};

/// Some or all of the ticks at which something happens, their neighbours, and random ones.
std::vector<Probe> choose_probes(const ReplicaCase& replica_case, const std::vector<OracleStep>& steps,
                                 RandomStream& random) {
  std::vector<Probe> probes;
  const double density = random.uniform() < 0.2 && steps.size() < 400 ? 1.0 : 20.0 / static_cast<double>(steps.size());
  const double reports = random.uniform();
  const auto add = [&](Ticks at) { probes.push_back({std::max<Ticks>(0, at), random.uniform() < reports}); };
  for (const OracleStep& step : steps) {
    if (random.uniform() < density) {
      add(step.from);
      add(step.from + static_cast<Ticks>(random.uniform() * static_cast<double>(step.to - step.from)));
      add(step.to - 1);
      add(step.to);
      add(step.to + 1);
    }
  }
  for (const CaseRequest& request : replica_case.requests) {
    if (random.uniform() < 0.3) {
      add(request.at);
      add(request.at);
    }
  }
  std::sort(probes.begin(), probes.end(), [](const Probe& left, const Probe& right) { return left.at < right.at; });
  return probes;
}

Ticks choose_horizon(const std::vector<OracleStep>& steps, RandomStream& random) {
  if (steps.empty()) {
    return 0;  // all are cancelled before anything begins
  }
  const OracleStep& step = steps[static_cast<std::size_t>(random.uniform() * static_cast<double>(steps.size()))];
  const double kind = random.uniform();
  if (kind < 0.3) {
    return step.to;
  }
  if (kind < 0.5) {
    return step.from + 1;
  }
  return step.from + static_cast<Ticks>(random.uniform() * static_cast<double>(step.to - step.from));
}

std::string judge_each_way(const ReplicaCase& replica_case) {
  RandomStream random(replica_case.seed, "probes");
  Pair straight(replica_case);
  straight.drive({}, kEnd);
  straight.compare_all();
  if (!straight.problem().empty()) {
    return "straight through:\n" + straight.problem();
  }
  const std::vector<OracleStep>& steps = straight.oracle().steps();
  Pair probed(replica_case);
  probed.drive(choose_probes(replica_case, steps, random), kEnd);
  probed.compare_all();
  if (!probed.problem().empty()) {
    return "with probes:\n" + probed.problem();
  }
  const Ticks horizon = choose_horizon(steps, random);
  Pair broken_off(replica_case);
  const bool probes_too = random.uniform() < 0.5;
  broken_off.drive(probes_too ? choose_probes(replica_case, steps, random) : std::vector<Probe>(), horizon);
  broken_off.break_off(horizon);
  broken_off.drive({}, kEnd);
  broken_off.compare_all();
  if (!broken_off.problem().empty()) {
    return "broken off at " + std::to_string(horizon) + ":\n" + broken_off.problem();
  }
  return {};
}

}  // namespace

std::string judge(const ReplicaCase& replica_case) {
  try {
    return judge_each_way(replica_case);
  } catch (const std::exception& error) {
    return std::string("exception: ") + error.what() + "\n";
  }
}

ReplicaCase shrink(ReplicaCase replica_case) {
  const auto try_it = [&](const ReplicaCase& smaller) {
    if (judge(smaller).empty()) {
      return false;
    }
    replica_case = smaller;
    return true;
  };
  bool again = true;
  while (again) {
    again = false;
    for (std::size_t i = 0; i < replica_case.requests.size() && replica_case.requests.size() > 1; ++i) {
      ReplicaCase smaller = replica_case;
      smaller.requests.erase(smaller.requests.begin() + static_cast<std::ptrdiff_t>(i));
      again = try_it(smaller) || again;
    }
    for (std::size_t i = 0; i < replica_case.requests.size(); ++i) {
      ReplicaCase smaller = replica_case;
      smaller.requests[i].prompt = (smaller.requests[i].prompt + 1) / 2;
      again = (smaller.requests[i].prompt < replica_case.requests[i].prompt && try_it(smaller)) || again;
      smaller = replica_case;
      smaller.requests[i].output = (smaller.requests[i].output + 1) / 2;
      again = (smaller.requests[i].output < replica_case.requests[i].output && try_it(smaller)) || again;
      smaller = replica_case;
      smaller.requests[i].session = 0;
      again = (replica_case.requests[i].session != 0 && try_it(smaller)) || again;
      smaller = replica_case;
      smaller.requests[i].cancelled = kNever;
      again = (replica_case.requests[i].cancelled != kNever && try_it(smaller)) || again;
    }
  }
  return replica_case;
}

}  // namespace idlewatt
