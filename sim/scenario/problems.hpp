// All that is wrong with an input, so that its author hears of it at once.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// One thing that is wrong.
struct Problem {
  Place place;          ///< the origin is empty where the message names its place itself
  std::string message;  ///< "what is wrong; expected ..."
  bool misfit = false;  ///< every name is right, and the hardware cannot do it (DoesNotFitError)

  /// "file:line:column: what is wrong; expected ...".
  std::string text() const { return (place.origin.empty() ? "" : place.text() + ": ") + message; }
};

/// The most problems that are reported at once.
inline constexpr std::size_t kMostProblems = 20;

/// Several problems. `what()` has the first kMostProblems, a line each; the last line says how many more there are.
class SeveralErrors : public InputError {
 public:
  explicit SeveralErrors(std::vector<Problem> problems);
  /// All of them, in the order of the text: by file, line and column.
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// What an InputError says, as problems: one, or those of a SeveralErrors.
std::vector<Problem> problems_of(const InputError& error);

/// The message of an input in which every name is right and the hardware cannot do it, so that a grid may leave the
/// point out; nothing where anything else is wrong.
std::optional<std::string> misfit_of(const InputError& error);

/// Throws nothing where there is no problem; one as PlacedError, DoesNotFitError or InputError; several as SeveralErrors.
void throw_problems(std::vector<Problem> problems);

/// Problems as they are found in one tree, and which parts of the tree have some.
class Problems {
 public:
  bool empty() const { return problems_.empty(); }
  std::size_t size() const { return problems_.size(); }
  const std::vector<Problem>& all() const { return problems_; }

  void add(const InputError& error);

  /// Does `act`, and notes the InputError that it throws. Returns whether there was none.
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

  /// As note, for what rests on the node: does nothing where something in the node is wrong, since an error would be a
  /// consequence; an error makes the node one in which something is wrong.
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

  /// Something in the node is wrong.
  void mark(const YamlNode& node) { unsound_.insert(&node); }
  /// Nothing in the node is known to be wrong. A null pointer, a value that is not given, is sound.
  bool sound(const YamlNode* node) const { return !unsound_.contains(node); }
  bool sound(const YamlNode& node) const { return sound(&node); }

  /// Throws what was found, as throw_problems does.
  void throw_any() const { throw_problems(problems_); }

 private:
  std::vector<Problem> problems_;
  std::set<const YamlNode*> unsound_;
};

}  // namespace idlewatt
