#include "scenario/manifest/formula.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scenario/manifest/expression.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

struct FormulaFunction {
  std::string_view name;
  Signal::Function function;
  bool many;  ///< takes any number of arguments, or a list
};
constexpr std::array<FormulaFunction, 9> kFunctions{{{"abs", Signal::Function::absolute, false},
                                                     {"ceil", Signal::Function::ceil, false},
                                                     {"floor", Signal::Function::floor, false},
                                                     {"int", Signal::Function::floor, false},
                                                     {"round", Signal::Function::round, false},
                                                     {"max", Signal::Function::largest, true},
                                                     {"min", Signal::Function::smallest, true},
                                                     {"mean", Signal::Function::mean, true},
                                                     {"sum", Signal::Function::total, true}}};

class FormulaParser {
 public:
  FormulaParser(const YamlNode& node, const std::vector<std::string>& triggers)
      : words_(node, "`formula`", {"==", "!=", ">=", "<=", "&&", "||", "**", "+", "-", "*", "/", "%",
                                   "^",  ">",  "<",  "!",  "?",  ":",  "(",  ")", "[", "]", ","}),
        triggers_(triggers) {}

  Signal parse() {
    Signal whole = conditional();
    if (words_.peek().kind != ExpressionToken::Kind::end) {
      words_.fail_at(words_.peek(), "the formula goes on after its end; expected an operator");
    }
    return whole;
  }

 private:
  Signal conditional() {
    const ExpressionWords::Depth depth(words_);
    Signal condition = any();
    if (!words_.take_sign("?")) {
      return condition;
    }
    Signal yes = conditional();
    words_.expect_sign(":");
    Signal no = conditional();
    return Signal{.kind = Signal::Kind::conditional, .operands = {std::move(condition), std::move(yes), std::move(no)}};
  }
  Signal any() {
    Signal left = both();
    while (words_.take_sign("||") || words_.take_name("or")) {
      left = binary_signal(Signal::Operation::any, std::move(left), both());
    }
    return left;
  }
  Signal both() {
    Signal left = comparison();
    while (words_.take_sign("&&") || words_.take_name("and")) {
      left = binary_signal(Signal::Operation::both, std::move(left), comparison());
    }
    return left;
  }
  Signal comparison() {
    constexpr std::array<std::pair<std::string_view, Signal::Operation>, 6> kSigns{{{"==", Signal::Operation::equal},
                                                                                    {"!=", Signal::Operation::unequal},
                                                                                    {">=", Signal::Operation::at_least},
                                                                                    {"<=", Signal::Operation::at_most},
                                                                                    {">", Signal::Operation::greater},
                                                                                    {"<", Signal::Operation::less}}};
    Signal left = sum();
    for (const auto& [sign, operation] : kSigns) {
      if (words_.take_sign(sign)) {
        return binary_signal(operation, std::move(left), sum());
      }
    }
    return left;
  }
  Signal sum() {
    Signal left = product();
    while (true) {
      if (words_.take_sign("+")) {
        left = binary_signal(Signal::Operation::add, std::move(left), product());
      } else if (words_.take_sign("-")) {
        left = binary_signal(Signal::Operation::subtract, std::move(left), product());
      } else {
        return left;
      }
    }
  }
  Signal product() {
    Signal left = sign();
    while (true) {
      if (words_.take_sign("*")) {
        left = binary_signal(Signal::Operation::multiply, std::move(left), sign());
      } else if (words_.take_sign("/")) {
        left = binary_signal(Signal::Operation::divide, std::move(left), sign());
      } else if (words_.take_sign("%")) {
        left = binary_signal(Signal::Operation::modulo, std::move(left), sign());
      } else {
        return left;
      }
    }
  }
  Signal sign() {
    const ExpressionWords::Depth depth(words_);
    if (words_.take_sign("-")) {
      return function_signal(Signal::Function::negate, {sign()});
    }
    if (words_.take_sign("!") || words_.take_name("not")) {
      return function_signal(Signal::Function::invert, {sign()});
    }
    Signal base = primary();
    if (words_.take_sign("**") || words_.take_sign("^")) {
      return binary_signal(Signal::Operation::power, std::move(base), sign());
    }
    return base;
  }

  Signal primary() {
    if (words_.take_sign("(")) {
      Signal inside = conditional();
      words_.expect_sign(")");
      return inside;
    }
    const ExpressionToken token = words_.take();
    if (token.kind == ExpressionToken::Kind::number) {
      return number_signal(token.number);
    }
    if (token.kind != ExpressionToken::Kind::name) {
      words_.fail_at(token, "expected a trigger's name, a number or a function");
    }
    if (words_.is_sign("(")) {
      return call(token);
    }
    const auto found = std::find(triggers_.begin(), triggers_.end(), token.text);
    if (found == triggers_.end()) {
      std::vector<std::string> names;
      std::copy_if(triggers_.begin(), triggers_.end(), std::back_inserter(names),
                   [](const std::string& name) { return !name.empty(); });
      words_.fail_at(token, "no trigger is called `" + token.text + "`" + expected_names(token.text, names));
    }
    Signal signal;
    signal.kind = Signal::Kind::variable;
    signal.index = static_cast<std::size_t>(found - triggers_.begin());
    return signal;
  }

  Signal call(const ExpressionToken& name) {
    words_.expect_sign("(");
    const bool list = words_.take_sign("[");
    std::vector<Signal> operands{conditional()};
    while (words_.take_sign(",")) {
      operands.push_back(conditional());
    }
    if (list) {
      words_.expect_sign("]");
    }
    words_.expect_sign(")");
    if (name.text == "float" && operands.size() == 1 && !list) {
      return operands.front();
    }
    for (const FormulaFunction& function : kFunctions) {
      if (function.name == name.text && (function.many || (operands.size() == 1 && !list))) {
        return function_signal(function.function, std::move(operands));
      }
    }
    words_.fail_at(name, "`" + name.text +
                             "` with these arguments is not read; expected one of `abs`, `ceil`, `floor`, "
                             "`float`, `int`, `round` of one value, or `max`, `mean`, `min`, `sum` of several");
  }

  ExpressionWords words_;
  const std::vector<std::string>& triggers_;
};

}  // namespace

Signal parse_keda_formula(const YamlNode& formula, const std::vector<std::string>& triggers) {
  return FormulaParser(formula, triggers).parse();
}

}  // namespace idlewatt
