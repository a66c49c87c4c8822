#include "claims/claim.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <string_view>

#include "base/readable_number.hpp"

namespace idlewatt {
namespace {

constexpr int kDigits = 3;

constexpr std::string_view kNumberOnly = ":number";

/// `text` with each `{name}` replaced by the quantity of that name, `{name:number}` by it without its unit.
std::string filled(const ClaimText& text, const std::vector<ClaimQuantity>& quantities) {
  std::string result;
  for (std::size_t at = 0; at < text.text.size();) {
    const std::size_t open = text.text.find('{', at);
    result += text.text.substr(at, open - at);
    if (open == std::string::npos) {
      break;
    }
    const std::size_t close = text.text.find('}', open);
    if (close == std::string::npos) {
      fail(place_in(text, open), "`{` opens the name of a quantity and is not closed; expected one such as `{energy}`");
    }
    std::string name = text.text.substr(open + 1, close - open - 1);
    const bool number_only = name.ends_with(kNumberOnly);
    name.resize(name.size() - (number_only ? kNumberOnly.size() : 0));
    const auto found = std::find_if(quantities.begin(), quantities.end(),
                                    [&](const ClaimQuantity& quantity) { return quantity.name == name; });
    if (found == quantities.end()) {
      NamedValues known;
      for (const ClaimQuantity& quantity : quantities) {
        known[quantity.name] = quantity.value;
      }
      fail_unknown_quantity(place_in(text, open + 1), name, known);
    }
    result += number_only ? compact(found->value, kDigits) : quantity_text(*found);
    at = close + 1;
  }
  return result;
}

std::vector<ClaimQuantity> given_quantities(const ClaimFile& claim) {
  std::vector<ClaimQuantity> quantities;
  for (const ClaimGiven& given : claim.given) {
    quantities.push_back({given.name, given.value, given.unit, given.source, ""});
  }
  return quantities;
}

}  // namespace

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::holds_only_if:
      return "holds only if";
    case Verdict::does_not_hold:
      return "does not hold";
  }
  return "?";
}

std::string quantity_text(const ClaimQuantity& quantity) {
  const std::string number = compact(quantity.value, kDigits);
  return number + (quantity.unit.empty() ? "" : " " + quantity.unit);
}

ClaimAnswer judge(const ClaimFile& claim, NamedValues values) {
  ClaimAnswer answer;
  answer.file = claim.path;
  answer.says = claim.says;
  answer.quantities = given_quantities(claim);
  for (const ClaimFind& find : claim.find) {
    const double value = evaluate(find.expression, values);
    if (!std::isfinite(value)) {
      fail(find.expression.place,
           fmt::format(
               "quantity `{}` came out as no finite number (`{}`); expected one, for nothing can be concluded from it",
               find.name, find.expression.text));
    }
    values[find.name] = value;
    answer.quantities.push_back({find.name, value, find.unit, "", find.expression.text});
  }
  for (const ClaimText& sentence : claim.shows) {
    answer.shows.push_back(filled(sentence, answer.quantities));
  }
  for (const ClaimText& sentence : claim.assumes) {
    answer.assumes.push_back(filled(sentence, answer.quantities));
  }
  for (const ClaimRule& rule : claim.rules) {
    if (rule.when.text.empty() || evaluate(rule.when, values) != 0.0) {
      answer.verdict = rule.verdict;
      answer.verdict_text = filled(rule.is, answer.quantities);
      answer.because = filled(rule.because, answer.quantities);
      break;
    }
  }
  return answer;
}

void check_claim(const ClaimFile& claim, NamedValues values) {
  std::vector<ClaimQuantity> quantities = given_quantities(claim);
  for (const ClaimFind& find : claim.find) {
    if (is_taken_in_expressions(find.name)) {
      fail(find.expression.place, fmt::format("`{}` is a function of expressions; expected another name", find.name));
    }
    evaluate(find.expression, values);
    values[find.name] = 1.0;
    quantities.push_back({find.name, 1.0, find.unit, "", find.expression.text});
  }
  for (const std::vector<ClaimText>* sentences : {&claim.shows, &claim.assumes}) {
    for (const ClaimText& sentence : *sentences) {
      filled(sentence, quantities);
    }
  }
  for (const ClaimRule& rule : claim.rules) {
    if (!rule.when.text.empty()) {
      evaluate(rule.when, values);
    }
    filled(rule.is, quantities);
    filled(rule.because, quantities);
  }
}

}  // namespace idlewatt
