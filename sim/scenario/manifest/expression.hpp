// The words of Prometheus' queries and KEDA's formulas, and errors with their position.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/autoscale/signal.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A word of an expression.
struct ExpressionToken {
  enum class Kind { end, name, number, text, sign };
  Kind kind = Kind::end;
  std::string text = {};  ///< a text is without its quotes
  std::size_t at = 0;     ///< position of the first character, from 0
  double number = 0.0;
};

/// The words of an expression, read one after the other.
class ExpressionWords {
 public:
  /// Splits an expression into words. `label` names it in messages ("`query`"). `signs` are the operators, longer ones
  /// first. Throws InputError at a character that begins no word.
  ExpressionWords(const YamlNode& node, std::string label, const std::vector<std::string_view>& signs);

  const ExpressionToken& peek(std::size_t ahead = 0) const;
  ExpressionToken take();
  /// Takes the next word if it is this sign, or this name. Returns whether it was.
  bool take_sign(std::string_view sign);
  bool take_name(std::string_view name);
  bool is_sign(std::string_view sign) const;
  /// Takes the next word. Throws InputError when it is not this sign.
  void expect_sign(std::string_view sign);
  /// Throws InputError: "`query` at character 5 (`topk(3, m)`): what is wrong; expected ...".
  [[noreturn]] void fail_at(const ExpressionToken& token, const std::string& message) const;

  /// Counts the depth of nesting while it lives. Throws InputError for an expression that is nested too deep.
  class Depth {
   public:
    explicit Depth(ExpressionWords& words);
    ~Depth() { --words_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    ExpressionWords& words_;
  };

 private:
  const YamlNode* node_;
  std::string label_;
  std::string text_;
  std::vector<ExpressionToken> words_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

Signal number_signal(double value);
Signal binary_signal(Signal::Operation operation, Signal left, Signal right, bool as_bool = true);
Signal function_signal(Signal::Function function, std::vector<Signal> operands);

}  // namespace idlewatt
