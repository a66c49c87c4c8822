#include "scenario/site/site_money.hpp"

#include <algorithm>

#include "base/unit_names.hpp"

namespace idlewatt {

SiteMoney::SiteMoney(const Section& site) {
  if (site.has("currency")) {
    currency_ = site.word("currency");
    named_by_ = "currency: " + currency_;
  }
}

double SiteMoney::read(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds) {
  std::string problem;
  const auto money = node.is_scalar() ? parse_money(node.scalar, dimension, problem) : std::nullopt;
  if (!money) {
    return read_quantity(node, label, dimension, bounds);  // which says what is wrong
  }
  found(node.place, node.scalar, money->currency);
  if (money->value < bounds.minimum || money->value > bounds.maximum || (bounds.above_zero && money->value == 0.0)) {
    fail(node.place, label + ": `" + node.scalar + "` is out of range; expected " + expected(dimension));
  }
  return money->value;
}

double SiteMoney::quantity(const Section& fields, std::string_view key) {
  const Form& form = *fields.form(key).find(Form::Kind::quantity);
  if (!fields.has(key)) {
    return fields.quantity(key);  // the default, or what is missing
  }
  return read(fields.at(key), "`" + std::string(key) + "`", form.dimension, form.bounds);
}

void SiteMoney::found(const Place& place, const std::string& what, const std::string& currency) {
  if (currency.empty()) {
    if (cents_text_.empty()) {
      cents_ = place;
      cents_text_ = what;
    }
    return;
  }
  if (currency_.empty()) {
    currency_ = currency;
    named_by_ = what;
  } else if (currency_ != currency) {
    fail(place, "`" + what.substr(0, 60) + "` is in " + currency + ", and the site's prices are in " + currency_ +
                    " (`" + named_by_.substr(0, 60) +
                    "`); expected all prices in one currency, since idlewatt applies no exchange rate");
  }
}

std::vector<std::string> SiteMoney::warnings() const {
  if (cents_text_.empty() || !currency_.empty()) {
    return {};
  }
  return {
      cents_.text() + ": warning: `" + cents_text_ +
      "` does not say of which currency; it is read as US cents, and `currency: EUR` in `site` would say otherwise"};
}

}  // namespace idlewatt
