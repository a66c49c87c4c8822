// All problems of an input, collected so that its author sees all of them at once.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// One problem of an input.
struct Problem {
  Place place;          ///< place; the origin is empty when the message names its place itself
  std::string message;  ///< "what is wrong; expected ..."
  bool misfit = false;  ///< true: every name is right, but the hardware lacks the capacity (DoesNotFitError)

  /// The problem as text: "file:line:column: what is wrong; expected ...".
  std::string text() const { return (place.origin.empty() ? "" : place.text() + ": ") + message; }
};

/// The largest number of problems that is reported at once.
inline constexpr std::size_t kMostProblems = 20;

/// Several problems. `what()` has the first kMostProblems problems, a line each; the last line says how many more there
/// are.
class SeveralErrors : public InputError {
 public:
  explicit SeveralErrors(std::vector<Problem> problems);
  /// All problems, ordered by file, line and column.
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// The problems of an InputError: one, or those of a SeveralErrors.
std::vector<Problem> problems_of(const InputError& error);

/// The message of an error in which every name is right but the hardware lacks the capacity, so that a grid may leave
/// the point out; nothing when anything else is wrong.
std::optional<std::string> misfit_of(const InputError& error);

/// Throws the problems: none for an empty list; one as PlacedError, DoesNotFitError or InputError; several as
/// SeveralErrors.
void throw_problems(std::vector<Problem> problems);

/// The problems found in one tree, and the parts of the tree that have problems.
class Problems {
 public:
  bool empty() const { return problems_.empty(); }
  std::size_t size() const { return problems_.size(); }
  const std::vector<Problem>& all() const { return problems_; }

  void add(const InputError& error);

  /// Runs `act` and records an InputError that it throws. Returns true when it threw none.
  template <class Act>
  bool note(Act&& act) {
    try {
      std::forward<Act>(act)();
      return true;
    } catch (const InputError& error) {
      add(error);
      return false;
    }
  }

  /// Runs `act` as note() does, for work that depends on the node. Does nothing when the node has a problem already,
  /// since an error would be a consequence of that problem. An error marks the node.
  template <class Act>
  bool note_in(const YamlNode& node, Act&& act) {
    if (!sound(node)) {
      return false;
    }
    const bool right = note(std::forward<Act>(act));
    if (!right) {
      mark(node);
    }
    return right;
  }

  /// Records that something in the node is wrong.
  void mark(const YamlNode& node) { unsound_.insert(&node); }
  /// True when no problem in the node is known. A null pointer (a value that is not given) is sound.
  bool sound(const YamlNode* node) const { return !unsound_.contains(node); }
  bool sound(const YamlNode& node) const { return sound(&node); }

  /// Throws the problems as throw_problems() does.
  void throw_any() const { throw_problems(problems_); }

 private:
  std::vector<Problem> problems_;
  std::set<const YamlNode*> unsound_;
};

}  // namespace idlewatt
