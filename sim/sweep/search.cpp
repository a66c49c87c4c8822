#include "sweep/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace idlewatt {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kRefinements = 8;  // steps up from the fewest replicas, while an autoscaled fleet gets cheaper

/// At the same objective (a server that is paid for whether full or not), the one that misses less.
bool preferred(const Verdict& a, const Verdict& b) {
  return a.objective != b.objective ? a.objective < b.objective : a.worst < b.worst;
}

/// Where nothing meets the SLO: the one that misses less, and of these the cheaper.
bool preferred_when_missed(const Verdict& a, const Verdict& b) {
  return a.worst != b.worst ? a.worst < b.worst : a.objective < b.objective;
}

/// Finds the fewest replicas of one candidate that meet the SLO, one proposal after the other.
class Bisection {
 public:
  Bisection(int fewest, int most, std::optional<int> hint) : below_(fewest - 1), most_(most) {
    next_ = std::clamp(hint.value_or(fewest), fewest, most);
    step_ = hint ? std::max(1, *hint / 8) : 1;
  }

  bool ended() const { return given_up_ || (meets_ && *meets_ == below_ + 1) || below_ >= most_; }
  std::optional<int> answer() const { return given_up_ ? std::nullopt : meets_; }
  int proposal() const { return next_; }
  void give_up() { given_up_ = true; }

  void learn(bool meets) {
    if (meets) {
      meets_ = next_;
    } else {
      below_ = next_;
    }
    if (ended()) {
      return;
    }
    if (meets_ && below_known_or(meets)) {
      next_ = below_ + (*meets_ - below_) / 2;
    } else if (meets_) {
      next_ = std::max(below_ + 1, *meets_ - step_);
      step_ *= 2;
    } else {
      next_ = std::min(most_, below_ + step_);
      step_ *= 2;
    }
  }

 private:
  /// Whether a number that misses the SLO is known: then it is between the two.
  bool below_known_or(bool meets) {
    missed_ = missed_ || !meets;
    return missed_;
  }

  int below_;  ///< misses the SLO, or is less than the fewest
  std::optional<int> meets_;
  int most_;
  int next_ = 1;
  int step_ = 1;
  bool missed_ = false;
  bool given_up_ = false;
};

/// The least objective that meets the SLO, as each contender sees it: its own does not count. A contender that rested
/// because of itself would forget that it met the SLO.
class LeastOfOthers {
 public:
  LeastOfOthers(std::size_t contenders, double known) : known_(known), least_(contenders, kInfinity) {}

  void add(std::size_t contender, double objective) { least_[contender] = std::min(least_[contender], objective); }

  double without(std::size_t contender) const {
    double least = known_;
    for (std::size_t i = 0; i < least_.size(); ++i) {
      least = i == contender ? least : std::min(least, least_[i]);
    }
    return least;
  }

 private:
  double known_;
  std::vector<double> least_;  ///< per contender
};

class Searcher {
 public:
  Searcher(const SearchPlan& plan, const Evaluate& evaluate)
      : plan_(&plan), evaluate_(&evaluate), last_(static_cast<int>(plan.rungs.size()) - 1), hints_(plan.candidates) {
    result_.ends.resize(plan.candidates);
  }

  SearchResult run() {
    std::vector<std::size_t> all(plan_->candidates);
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (plan_->exhaustive) {
      try_everything();
    } else {
      for (int rung = 0; rung < last_ && all.size() > 1; ++rung) {
        rank(all, rung);
      }
      bisect(all, last_, kInfinity);
    }
    confirm(all);
    // Who rested because of a fleet that then needed more replicas may be better than what that fleet became.
    for (std::vector<std::size_t> resting = resting_below_best(); !resting.empty(); resting = resting_below_best()) {
      bisect(resting, last_, best_objective_);
      confirm(all);
    }
    if (!result_.best) {
      result_.nearest = nearest();
    }
    return std::move(result_);
  }

 private:
  /// Candidates that rest where they cost less than the best does: all of them when there is no best.
  std::vector<std::size_t> resting_below_best() const {
    std::vector<std::size_t> resting;
    for (std::size_t i = 0; i < plan_->candidates; ++i) {
      const CandidateEnd& end = result_.ends[i];
      if (end.how == CandidateEnd::How::dear && verdict({i, end.replicas, last_, 0}).objective <= best_objective_) {
        resting.push_back(i);
      }
    }
    return resting;
  }

  std::optional<Trial> nearest() const {
    std::optional<Trial> nearest;
    for (const auto& [trial, one] : result_.tried) {
      if (trial.rung == last_ && (!nearest || preferred_when_missed(one, verdict(*nearest)))) {
        nearest = trial;
      }
    }
    return nearest;
  }

  const Verdict& verdict(const Trial& trial) const { return result_.tried.at(trial); }

  /// Runs what is not known yet.
  void learn(std::vector<Trial> trials) {
    std::erase_if(trials, [&](const Trial& trial) { return result_.tried.contains(trial); });
    if (trials.empty()) {
      return;
    }
    const std::vector<Verdict> verdicts = (*evaluate_)(trials);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      result_.tried[trials[i]] = verdicts[i];
    }
  }

  void try_everything() {
    std::vector<Trial> trials;
    for (std::size_t candidate = 0; candidate < plan_->candidates; ++candidate) {
      for (int replicas = plan_->fewest; replicas <= plan_->most; ++replicas) {
        trials.push_back({candidate, replicas, last_, 0});
      }
    }
    learn(trials);
    for (std::size_t candidate = 0; candidate < plan_->candidates; ++candidate) {
      CandidateEnd& end = result_.ends[candidate];
      end = {CandidateEnd::How::misses, plan_->most};
      Verdict best{kInfinity, kInfinity};
      for (int replicas = plan_->fewest; replicas <= plan_->most; ++replicas) {
        const Verdict& one = verdict({candidate, replicas, last_, 0});
        if (one.meets() && preferred(one, best)) {
          best = one;
          end = {CandidateEnd::How::met, replicas};
        }
      }
    }
  }

  /// Finds the fewest replicas of each contender on a rung. At full length a contender rests that cannot win against
  /// `best`, the least objective that is known to meet the SLO, or against another contender.
  void bisect(const std::vector<std::size_t>& contenders, int rung, double best) {
    const bool whole = rung == last_;
    std::vector<Bisection> states;
    LeastOfOthers met(contenders.size(), best);
    states.reserve(contenders.size());
    for (const std::size_t candidate : contenders) {
      states.emplace_back(plan_->fewest, plan_->most, hints_[candidate]);
      result_.ends[candidate] = {CandidateEnd::How::misses, plan_->fewest};
    }
    for (;;) {
      // The most promising first: what they cost lets the others rest early.
      std::vector<std::size_t> asked;
      std::vector<Trial> trials;
      for (std::size_t i = 0; i < states.size() && (!whole || trials.size() < plan_->at_once); ++i) {
        if (!states[i].ended()) {
          asked.push_back(i);
          trials.push_back({contenders[i], states[i].proposal(), rung, 0});
        }
      }
      if (trials.empty()) {
        break;
      }
      learn(trials);
      for (std::size_t i = 0; i < asked.size(); ++i) {
        take(states[asked[i]], trials[i], whole ? met.without(asked[i]) : kInfinity);
        if (const Verdict& one = verdict(trials[i]); one.meets()) {
          met.add(asked[i], one.objective);
        }
      }
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (const auto answer = states[i].answer()) {
        result_.ends[contenders[i]] = {CandidateEnd::How::met, *answer};
        hints_[contenders[i]] = *answer;
      }
    }
  }

  /// One verdict into its bisection. The contender rests if it misses the SLO and costs more than `others_best`.
  void take(Bisection& state, const Trial& trial, double others_best) {
    const Verdict& one = verdict(trial);
    state.learn(one.meets());
    if (one.meets()) {
      return;
    }
    CandidateEnd& end = result_.ends[trial.candidate];
    end.replicas = std::max(end.replicas, trial.replicas);
    // Not at an equal objective: one replica more may cost nothing, where a server has room for it.
    if (plan_->static_fleet[trial.candidate] && one.objective > others_best) {
      state.give_up();
      end = {CandidateEnd::How::dear, trial.replicas};
      hints_[trial.candidate] = std::min(trial.replicas + 1, plan_->most);
    }
  }

  double objective_of(std::size_t candidate, int rung) const {
    const CandidateEnd& end = result_.ends[candidate];
    return end.how == CandidateEnd::How::met ? verdict({candidate, end.replicas, rung, 0}).objective : kInfinity;
  }

  /// The order in which candidates are tried at full length, and how many replicas first.
  void rank(std::vector<std::size_t>& contenders, int rung) {
    bisect(contenders, rung, kInfinity);
    std::stable_sort(contenders.begin(), contenders.end(),
                     [&](std::size_t a, std::size_t b) { return objective_of(a, rung) < objective_of(b, rung); });
  }

  std::vector<Trial> trials_of(std::size_t candidate, int replicas) const {
    std::vector<Trial> trials;
    for (std::size_t seed = 0; seed < plan_->seeds; ++seed) {
      trials.push_back({candidate, replicas, last_, seed});
    }
    return trials;
  }

  /// The best of those that met the SLO, with all seeds.
  void confirm(const std::vector<std::size_t>& contenders) {
    std::map<std::size_t, double> objectives;
    for (const std::size_t candidate : contenders) {
      CandidateEnd& end = result_.ends[candidate];
      end.how = end.how == CandidateEnd::How::best ? CandidateEnd::How::met : end.how;
      if (objective_of(candidate, last_) < kInfinity) {
        const auto known = confirmed_.find(candidate);
        objectives[candidate] = known != confirmed_.end() ? known->second : objective_of(candidate, last_);
      }
    }
    result_.best.reset();
    best_objective_ = kInfinity;
    while (!objectives.empty()) {
      const auto least = std::min_element(objectives.begin(), objectives.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
      const std::size_t candidate = least->first;
      CandidateEnd& end = result_.ends[candidate];
      if (confirmed_.contains(candidate)) {
        end.how = CandidateEnd::How::best;
        result_.best = candidate;
        result_.replicas = end.replicas;
        best_objective_ = least->second;
        return;
      }
      if (!plan_->exhaustive) {
        refine(candidate, end.replicas);
      }
      const std::vector<Trial> trials = trials_of(candidate, end.replicas);
      learn(trials);
      double sum = 0.0;
      bool all_meet = true;
      for (const Trial& trial : trials) {
        sum += verdict(trial).objective;
        all_meet = all_meet && verdict(trial).meets();
      }
      if (all_meet) {
        least->second = sum / static_cast<double>(trials.size());
        confirmed_[candidate] = least->second;
      } else if (end.replicas < plan_->most) {
        end.failed_other_seeds.push_back(end.replicas);
        ++end.replicas;
        learn({{candidate, end.replicas, last_, 0}});
        least->second = verdict({candidate, end.replicas, last_, 0}).objective;
      } else {
        end.failed_other_seeds.push_back(end.replicas);
        end.how = CandidateEnd::How::misses;
        objectives.erase(least);
      }
    }
  }

  /// One replica more should cost more. Where it does not (an autoscaled fleet), goes on upwards as long as it pays.
  void refine(std::size_t candidate, int& replicas) {
    for (int i = 0; i < kRefinements && replicas < plan_->most; ++i) {
      const Trial here{candidate, replicas, last_, 0};
      const Trial more{candidate, replicas + 1, last_, 0};
      learn({here, more});
      result_.one_more_was_tried = true;
      const bool better = verdict(more).meets() && (!verdict(here).meets() || preferred(verdict(more), verdict(here)));
      result_.one_more_was_worse = verdict(more).meets() && !better;
      if (!better) {
        return;
      }
      ++replicas;
    }
  }

  const SearchPlan* plan_;
  const Evaluate* evaluate_;
  int last_;
  std::vector<std::optional<int>> hints_;
  /// Candidates that met the SLO with all seeds, and the mean of their objective over these.
  std::map<std::size_t, double> confirmed_;
  double best_objective_ = kInfinity;  ///< that of the best
  SearchResult result_;
};

}  // namespace

double SearchResult::work(const SearchPlan& plan) const {
  double sum = 0.0;
  for (const auto& [trial, verdict] : tried) {
    sum += plan.rungs[static_cast<std::size_t>(trial.rung)];
  }
  return sum;
}

std::vector<Trial> SearchResult::pareto(const SearchPlan& plan) const {
  std::vector<std::pair<Trial, Verdict>> full;
  for (const auto& [trial, verdict] : tried) {
    if (trial.rung == static_cast<int>(plan.rungs.size()) - 1 && trial.seed == 0) {
      full.emplace_back(trial, verdict);
    }
  }
  std::stable_sort(full.begin(), full.end(), [](const auto& a, const auto& b) {
    return a.second.objective != b.second.objective ? a.second.objective < b.second.objective
                                                    : a.second.worst < b.second.worst;
  });
  std::vector<Trial> front;
  double worst = kInfinity;
  for (const auto& [trial, verdict] : full) {
    if (verdict.worst < worst) {
      worst = verdict.worst;
      front.push_back(trial);
    }
  }
  return front;
}

SearchResult search(const SearchPlan& plan, const Evaluate& evaluate) {
  return Searcher(plan, evaluate).run();
}

}  // namespace idlewatt
