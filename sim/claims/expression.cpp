#include "claims/expression.hpp"

#include <algorithm>
#include <muParser.h>

#include "base/spelling_suggestion.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr const char* kNameCharacters = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr const char* kOperatorCharacters = "+-*/^<>=!&|?:,";
constexpr const char* kExample = "; expected an expression such as `run.static.wh_per_request / 1000`";

/// An expression in a message.
std::string quoted(const std::string& text) {
  constexpr std::size_t longest = 80;
  return "`" + (text.size() <= longest ? text : text.substr(0, longest) + "...") + "`";
}

/// What is wrong, where muParser found it.
[[noreturn]] void fail_syntax(const ClaimText& expression, const mu::ParserError& error) {
  const std::string& text = expression.text;
  const auto at = static_cast<std::size_t>(std::max(error.GetPos(), 0));
  const Place place = place_in(expression, std::min(at, text.size()));
  const std::string token = error.GetToken();
  switch (error.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
    case mu::ecEMPTY_EXPRESSION:
      fail(place, quoted(text) + " ends too early" + kExample);
    case mu::ecMISSING_PARENS:
      fail(place, quoted(text) + " opens a parenthesis and does not close it; expected `)`");
    case mu::ecTOO_FEW_PARAMS:
    case mu::ecTOO_MANY_PARAMS:
      fail(place, "`" + token + "` in " + quoted(text) + " has the wrong number of arguments" + kExample);
    case mu::ecUNEXPECTED_OPERATOR:
      if (token == "=") {
        fail(place, "`=` in " + quoted(text) + " compares nothing; expected `==`");
      }
      [[fallthrough]];
    default:
      fail(place,
           (token.empty() ? "a character" : "`" + token + "`") + " is out of place in " + quoted(text) + kExample);
  }
}

}  // namespace

Place place_in(const ClaimText& text, std::size_t offset) {
  Place place = text.place;
  if (text.on_one_line) {
    place.column += static_cast<int>(offset);
  }
  return place;
}

void fail_unknown_quantity(const Place& place, const std::string& word, const NamedValues& values) {
  // Of those that begin as the word does up to its last dot that is right, so that a wrong figure finds its entry.
  std::string scope = word;
  std::vector<std::string> names;
  while (names.empty()) {
    const std::size_t dot = scope.rfind('.');
    scope = dot == std::string::npos ? "" : scope.substr(0, dot);
    const std::string prefix = scope.empty() ? "" : scope + ".";
    for (const auto& [name, value] : values) {
      if (name.starts_with(prefix)) {
        names.push_back(name);
      }
    }
    if (scope.empty()) {
      break;
    }
  }
  const std::optional<std::string> meant = nearest(word, names);
  fail(place, "unknown quantity `" + word +
                  "`; expected one that is found above, or `run.VARIANT.MEASURE`, `physics.STEP.NUMBER` or "
                  "`catalog.KIND.ENTRY.FIGURE`, with `_` for what is no letter or digit" +
                  (meant ? "; did you mean `" + *meant + "`?" : ""));
}

bool is_taken_in_expressions(const std::string& name) {
  const mu::Parser parser;
  return parser.GetFunDef().contains(name) || parser.GetConst().contains(name);
}

double evaluate(const ClaimText& expression, const NamedValues& values) {
  mu::Parser parser;
  parser.DefineNameChars(kNameCharacters);
  parser.DefineOprtChars(kOperatorCharacters);
  parser.DefineInfixOprt("!", [](double value) { return value == 0.0 ? 1.0 : 0.0; });
  try {
    parser.SetExpr(expression.text);
    // As constants, to which nothing can be assigned by mistake.
    std::vector<std::string> names;
    for (const auto& [name, address] : parser.GetUsedVar()) {
      names.push_back(name);
    }
    for (const std::string& name : names) {
      if (const auto found = values.find(name); found != values.end()) {
        parser.DefineConst(name, found->second);
      }
    }
    parser.SetExpr(expression.text);  // parses anew: what is unknown was let pass above
    int results = 0;
    const double* list = parser.Eval(results);
    if (results != 1) {
      fail(expression.place,
           quoted(expression.text) + " has " + std::to_string(results) + " values, separated by commas; expected one");
    }
    return list[0];
  } catch (const mu::ParserError& error) {
    if (error.GetCode() == mu::ecUNASSIGNABLE_TOKEN) {
      const auto at = static_cast<std::size_t>(std::max(error.GetPos(), 0));
      const std::string token = error.GetToken();  // up to the next thing that muParser knows
      fail_unknown_quantity(place_in(expression, at), token.substr(0, token.find(' ')), values);
    }
    fail_syntax(expression, error);
  }
}

}  // namespace idlewatt
