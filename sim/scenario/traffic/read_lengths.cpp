#include "scenario/traffic/read_lengths.hpp"

#include <cmath>

#include "scenario/catalog/read_number_table.hpp"
#include "traffic/token_lengths.hpp"

namespace idlewatt {
namespace {

constexpr double kMostTokens = 100e6;

QuantileTable read_quantiles(const YamlNode& quantiles, const std::string& label) {
  check_size(quantiles, length_keys().at("quantiles").form, "`quantiles` of " + label);
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

const KeyTable& lognormal_keys() {
  static const KeyTable table{
      "Lognormal lengths",
      "A lognormal distribution, cut at both ends.",
      "{median: 900, sigma: 1.1, clip: [1, 16000]}",
      {{.name = "median",
        .form = quantity_form(Dimension::number, {.maximum = kMostTokens, .above_zero = true}),
        .must = true,
        .help = "median, in tokens"},
       {.name = "sigma",
        .form = quantity_form(Dimension::number, {.minimum = 0.0, .maximum = 5.0}),
        .must = true,
        .help = "standard deviation of the logarithm"},
       {.name = "clip",
        .form = list_form(quantity_form(Dimension::number, {.minimum = 1.0, .maximum = kMostTokens}), 2, 2)
                    .expecting("the least and the most tokens such as `[1, 16000]`"),
        .must = true,
        .help = "least and greatest length, in tokens"}}};
  return table;
}

QuantileTable read_lognormal(const Section& fields) {
  const double median = fields.quantity("median");
  const double sigma = fields.quantity("sigma");
  const YamlNode& clip = fields.at("clip");
  check_size(clip, fields.form("clip"), "`clip`");
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

const KeyTable& length_keys() {
  static const KeyTable table{
      "Lengths in tokens",
      "A distribution of token lengths: one of `quantiles`, `lognormal` and `cdf`, and its source.",
      "{quantiles: {0: 2, 0.5: 928, 1: 14050}, source: where the figures come from}",
      {{.name = "quantiles",
        .form =
            by_name_form(quantity_form(Dimension::number, {.minimum = 0.0, .maximum = kMostTokens}), "a quantile", 2)
                .expecting("a map of probabilities from 0 to 1 to tokens such as `{0: 2, 0.5: 928, 1: 14050}`"),
        .without = "another distribution",
        .help = "lengths by probability, linear in between"},
       {.name = "lognormal",
        .form = map_form_of_parent(lognormal_keys),
        .without = "another distribution",
        .help = "a lognormal distribution"},
       {.name = "cdf",
        .form = text_form("the path of a CSV file with the columns `tokens_le,cdf`"),
        .without = "another distribution",
        .help = "path of a CSV file with the columns `tokens_le,cdf`, relative to the workload"},
       {.name = "source",
        .form = text_form("where the distribution comes from"),
        .must = true,
        .help = "where the figures come from"}}};
  return table;
}

QuantileTable read_lengths(const Section& fields) {
  fields.text("source");
  const std::string& label = fields.what();
  const int given = (fields.has("quantiles") ? 1 : 0) + (fields.has("lognormal") ? 1 : 0) + (fields.has("cdf") ? 1 : 0);
  if (given != 1) {
    fail(fields.place(), label + (given == 0 ? " has no distribution" : " has more than one distribution") +
                             "; expected one of `quantiles`, `lognormal`, `cdf`");
  }
  if (const std::optional<Section> lognormal = fields.map("lognormal")) {
    return read_lognormal(*lognormal);
  }
  if (const YamlNode* cdf = fields.find("cdf")) {
    return read_cdf(*cdf);
  }
  return read_quantiles(*fields.find("quantiles"), label);
}

}  // namespace idlewatt
