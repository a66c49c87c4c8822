#include "scenario/yaml/problems.hpp"

#include <algorithm>
#include <regex>
#include <tuple>

namespace idlewatt {
namespace {

bool same(const Problem& a, const Problem& b) {
  return a.text() == b.text();
}

/// Files in the order in which they were first met, in each the order of its lines; each problem once.
std::vector<Problem> in_order(std::vector<Problem> problems) {
  std::vector<std::string> origins;
  for (const Problem& problem : problems) {
    if (std::find(origins.begin(), origins.end(), problem.place.origin) == origins.end()) {
      origins.push_back(problem.place.origin);
    }
  }
  const auto file = [&](const Problem& problem) {
    return std::find(origins.begin(), origins.end(), problem.place.origin) - origins.begin();
  };
  std::stable_sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) {
    return std::tuple(file(a), a.place.line, a.place.column) < std::tuple(file(b), b.place.line, b.place.column);
  });
  std::vector<Problem> each_once;
  for (Problem& problem : problems) {
    if (std::none_of(each_once.begin(), each_once.end(), [&](const Problem& one) { return same(one, problem); })) {
      each_once.push_back(std::move(problem));
    }
  }
  return each_once;
}

std::string lines_of(const std::vector<Problem>& problems) {
  std::string lines;
  for (std::size_t i = 0; i < std::min(problems.size(), kMostProblems); ++i) {
    lines += (i == 0 ? "" : "\n") + problems[i].text();
  }
  if (problems.size() > kMostProblems) {
    const std::size_t more = problems.size() - kMostProblems;
    lines += " (and " + std::to_string(more) + (more == 1 ? " more problem)" : " more problems)");
  }
  return lines;
}

/// "trace.csv:3:5: a message" of readers that know no places; the message alone where it begins with none.
Problem unplaced(const std::string& text) {
  static const std::regex begin("^([^:]+):([0-9]{1,9}):([0-9]{1,9}): ");
  std::smatch found;
  if (!std::regex_search(text, found, begin)) {
    return {.place = {}, .message = text};
  }
  return {.place = {.origin = found[1], .line = std::stoi(found[2]), .column = std::stoi(found[3])},
          .message = found.suffix()};
}

[[noreturn]] void throw_one(const Problem& problem) {
  if (problem.place.origin.empty()) {
    throw InputError(problem.message);
  }
  if (problem.misfit) {
    fail_to_fit(problem.place, problem.message);
  }
  fail(problem.place, problem.message);
}

}  // namespace

SeveralErrors::SeveralErrors(std::vector<Problem> problems)
    : InputError(lines_of(problems)), problems_(std::move(problems)) {}

std::vector<Problem> problems_of(const InputError& error) {
  if (const auto* several = dynamic_cast<const SeveralErrors*>(&error)) {
    return several->problems();
  }
  if (const auto* placed = dynamic_cast<const PlacedError*>(&error)) {
    return {{placed->place(), placed->message(), dynamic_cast<const DoesNotFitError*>(&error) != nullptr}};
  }
  return {unplaced(error.what())};
}

std::optional<std::string> misfit_of(const InputError& error) {
  const std::vector<Problem> problems = problems_of(error);
  const bool all = std::all_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.misfit; });
  return all ? std::optional(problems.front().message) : std::nullopt;
}

void throw_problems(std::vector<Problem> problems) {
  problems = in_order(std::move(problems));
  if (problems.empty()) {
    return;
  }
  if (problems.size() == 1) {
    throw_one(problems.front());
  }
  throw SeveralErrors(std::move(problems));
}

void Problems::add(const InputError& error) {
  for (Problem& problem : problems_of(error)) {
    problems_.push_back(std::move(problem));
  }
}

}  // namespace idlewatt
