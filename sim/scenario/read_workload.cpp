#include "scenario/read_workload.hpp"

#include "scenario/fields.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 1000.0 * 86400.0;
constexpr double kMostTokens = 100e6;

const YamlNode& list_of(const YamlNode& node, const std::string& label, std::size_t size) {
  if (!node.is_sequence() || node.items.size() != size) {
    fail(node.place,
         label + (node.is_sequence() ? " has " + std::to_string(node.items.size()) + " entries" : " is no list") +
             "; expected a list of " + std::to_string(size) + " numbers");
  }
  return node;
}

std::vector<double> read_profile(const YamlNode& node) {
  std::vector<double> profile;
  double sum = 0.0;
  for (const YamlNode& hour : list_of(node, "`hour_profile`", 24).items) {
    profile.push_back(read_quantity(hour, "an hour of `hour_profile`", Dimension::number, {.minimum = 0.0}));
    sum += profile.back();
  }
  if (!(sum > 0.0)) {
    fail(node.place, "`hour_profile` is zero all day; expected at least one hour above 0");
  }
  return profile;
}

Spikes read_spikes(const YamlNode& node) {
  const Fields fields(node, "`spikes`", {"per_day", "height", "decay"});
  Spikes spikes;
  spikes.per_day = fields.quantity("per_day", Dimension::number, {.minimum = 0.0, .maximum = 86400.0});
  const std::string expected_height = "a list of two multiples of the mean rate such as `[4, 6]`";
  const YamlNode& height = list_of(fields.at("height", expected_height), "`height`", 2);
  spikes.height_min = read_quantity(height.items[0], "`height`", Dimension::number, {.minimum = 0.0});
  spikes.height_max = read_quantity(height.items[1], "`height`", Dimension::number, {.minimum = spikes.height_min});
  spikes.decay_s = fields.quantity("decay", Dimension::time, kPositive);
  return spikes;
}

QuantileTable read_quantiles(const YamlNode& node, const std::string& label) {
  const Fields fields(node, label, {"quantiles", "source"});
  fields.text("source", "where the distribution comes from");
  const std::string expected_table =
      "a map of probabilities from 0 to 1 to tokens such as `{0: 2, 0.5: 928, 1: 14050}`";
  const YamlNode& quantiles = fields.at("quantiles", expected_table);
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

}  // namespace

GeneratedTraffic read_workload(const YamlNode& root) {
  const Fields fields(
      root, "the workload",
      {"name", "title", "duration", "mean_rate", "hour_profile", "spikes", "prompt_tokens", "output_tokens", "source"});
  GeneratedTraffic traffic;
  traffic.name = fields.text("name", "the name of the workload");
  traffic.duration_s = fields.quantity("duration", Dimension::time, {.maximum = kLongestS, .above_zero = true});
  traffic.mean_rate_rps = fields.quantity("mean_rate", Dimension::rate, kPositive);
  if (const YamlNode* profile = fields.find("hour_profile")) {
    traffic.hour_profile = read_profile(*profile);
  }
  if (const YamlNode* spikes = fields.find("spikes")) {
    traffic.spikes = read_spikes(*spikes);
  }
  const std::string expected_tokens = "a map with quantiles and their source";
  traffic.prompt_tokens = read_quantiles(fields.at("prompt_tokens", expected_tokens), "`prompt_tokens`");
  traffic.output_tokens = read_quantiles(fields.at("output_tokens", expected_tokens), "`output_tokens`");
  return traffic;
}

}  // namespace idlewatt
