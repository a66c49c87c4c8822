#include "scenario/read_lengths.hpp"

#include <cmath>

#include "scenario/fields.hpp"
#include "scenario/read_number_table.hpp"
#include "traffic/token_lengths.hpp"

namespace idlewatt {
namespace {

constexpr double kMostTokens = 100e6;

QuantileTable read_quantiles(const YamlNode& quantiles, const std::string& label) {
  const std::string expected_table =
      "a map of probabilities from 0 to 1 to tokens such as `{0: 2, 0.5: 928, 1: 14050}`";
  if (!quantiles.is_map() || quantiles.entries.size() < 2) {
    fail(quantiles.place, "`quantiles` of " + label + " is no table; expected " + expected_table);
  }
  QuantileTable table;
  for (const YamlEntry& entry : quantiles.entries) {
    const YamlNode key{.kind = YamlNode::Kind::scalar, .place = entry.key_place, .scalar = entry.key};
    const double probability = read_quantity(key, "a probability of " + label, Dimension::share);
    const double value = read_quantity(entry.value, "a quantile of " + label, Dimension::number,
                                       {.minimum = 0.0, .maximum = kMostTokens});
    if (!table.probability.empty() && probability <= table.probability.back()) {
      fail(entry.key_place, "the probabilities of " + label + " do not ascend at `" + entry.key +
                                "`; expected each larger than the one before");
    }
    if (!table.value.empty() && value < table.value.back()) {
      fail(entry.value.place, "the quantiles of " + label + " descend at `" + entry.value.scalar +
                                  "`; expected each at least the one before");
    }
    table.probability.push_back(probability);
    table.value.push_back(value);
  }
  if (table.probability.front() != 0.0 || table.probability.back() != 1.0) {
    fail(quantiles.place, "the probabilities of " + label + " do not run from 0 to 1; expected both ends");
  }
  return table;
}

QuantileTable read_lognormal(const YamlNode& node, const std::string& label) {
  const Fields fields(node, "`lognormal` of " + label, {"median", "sigma", "clip"});
  const double median = fields.quantity("median", Dimension::number, {.maximum = kMostTokens, .above_zero = true});
  const double sigma = fields.quantity("sigma", Dimension::number, {.minimum = 0.0, .maximum = 5.0});
  const std::string expected_clip = "the least and the most tokens such as `[1, 16000]`";
  const YamlNode& clip = fields.at("clip", expected_clip);
  if (!clip.is_sequence() || clip.items.size() != 2) {
    fail(clip.place, "`clip` is no list of two numbers; expected " + expected_clip);
  }
  const double least =
      read_quantity(clip.items[0], "the least of `clip`", Dimension::number, {.minimum = 1.0, .maximum = kMostTokens});
  const double most =
      read_quantity(clip.items[1], "the most of `clip`", Dimension::number, {.minimum = least, .maximum = kMostTokens});
  return lognormal_lengths(median, sigma, least, most);
}

QuantileTable read_cdf(const YamlNode& node) {
  const NumberTable table = read_number_table(node, "tokens_le,cdf");
  double last = 0.0;
  for (std::size_t row = 0; row < table.first.size(); ++row) {
    const double tokens = table.first[row];
    if (tokens < 1.0 || tokens > kMostTokens || tokens != std::floor(tokens)) {
      fail(table.place(row), "`" + number_text(tokens) + "` is no number of tokens; expected whole numbers from 1");
    }
    if (table.second[row] < last || table.second[row] > 1.0 + 1e-9) {
      fail(table.place(row),
           "the cdf is " + number_text(table.second[row]) + " here; expected shares that never descend, up to 1");
    }
    last = table.second[row];
  }
  if (last < 1.0 - 1e-6) {
    fail(table.place(table.first.size() - 1), "the cdf ends at " + number_text(last) + "; expected 1 in the last row");
  }
  return cdf_lengths(table.first, table.second);
}

}  // namespace

QuantileTable read_lengths(const YamlNode& node, const std::string& label) {
  const Fields fields(node, label, {"quantiles", "lognormal", "cdf", "source"});
  fields.text("source", "where the distribution comes from");
  const int given = (fields.has("quantiles") ? 1 : 0) + (fields.has("lognormal") ? 1 : 0) + (fields.has("cdf") ? 1 : 0);
  if (given != 1) {
    fail(node.place, label + (given == 0 ? " has no distribution" : " has more than one distribution") +
                         "; expected one of `quantiles`, `lognormal`, `cdf`");
  }
  if (const YamlNode* lognormal = fields.find("lognormal")) {
    return read_lognormal(*lognormal, label);
  }
  if (const YamlNode* cdf = fields.find("cdf")) {
    return read_cdf(*cdf);
  }
  return read_quantiles(*fields.find("quantiles"), label);
}

}  // namespace idlewatt
