// One declaration per policy: its name, summary and parameters. Parsing, help, schema and reference come from it.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "policy/schedule.hpp"

namespace idlewatt {

/// One parameter of a policy.
struct ParameterSpec {
  std::string name;
  Dimension dimension = Dimension::number;
  double default_value = 0.0;  ///< in the dimension's unit
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::string help;
  /// For a parameter that is a word: the permitted words. The value, and the default, is then the index of a word.
  std::vector<std::string> choices = {};
  /// For a parameter that is a timetable, which has no default: an example of one.
  Schedule schedule = {};

  bool is_schedule() const { return !schedule.empty(); }
};

struct PolicyInfo {
  std::string name;
  std::string summary;  ///< one line
  std::vector<ParameterSpec> parameters;
  bool clairvoyant = false;  ///< true: the policy is shown the future, which no real controller sees
};

/// Settings of a policy that no list of numbers and words can hold, such as an autoscaler's manifest. Each policy knows
/// the type of its own.
struct PolicySetup {
  virtual ~PolicySetup() = default;
};

/// The values of a policy's parameters, in the units of its declaration, with defaults filled in.
class Parameters {
 public:
  void set(std::string name, double value) { values_[std::move(name)] = value; }
  double get(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      throw Error("policy parameter `" + std::string(name) + "` is not declared");
    }
    return found->second;
  }
  void set_schedule(std::string name, Schedule value) { schedules_[std::move(name)] = std::move(value); }
  /// The value of a parameter that is a timetable. Throws Error when the parameter is not declared.
  const Schedule& schedule(std::string_view name) const {
    const auto found = schedules_.find(name);
    if (found == schedules_.end()) {
      throw Error("policy parameter `" + std::string(name) + "` is not declared as a timetable");
    }
    return found->second;
  }
  void set_setup(std::shared_ptr<const PolicySetup> setup) { setup_ = std::move(setup); }
  /// The setup; null where there is none.
  const PolicySetup* setup() const { return setup_.get(); }
  int get_int(std::string_view name) const { return static_cast<int>(get(name)); }
  const std::map<std::string, double, std::less<>>& all() const { return values_; }

  /// The defaults of a policy's parameters. A timetable has no default; its example is used.
  static Parameters defaults_of(const PolicyInfo& info) {
    Parameters result;
    for (const ParameterSpec& spec : info.parameters) {
      if (spec.is_schedule()) {
        result.set_schedule(spec.name, spec.schedule);
      } else {
        result.set(spec.name, spec.default_value);
      }
    }
    return result;
  }

 private:
  std::map<std::string, double, std::less<>> values_;
  std::map<std::string, Schedule, std::less<>> schedules_;
  std::shared_ptr<const PolicySetup> setup_;
};

/// A policy as its file declares it: its description, and the function that makes one.
template <class Policy>
struct Declaration {
  PolicyInfo info;
  std::function<std::unique_ptr<Policy>(const Parameters&)> make;
};

/// The declaration of a name; null when the table has none.
template <class Policy>
const Declaration<Policy>* find(const std::vector<Declaration<Policy>>& table, std::string_view name) {
  for (const auto& entry : table) {
    if (entry.info.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

/// The descriptions of the policies of a table, in its order.
template <class Declaration>
std::vector<PolicyInfo> infos_of(const std::vector<Declaration>& table) {
  std::vector<PolicyInfo> infos;
  for (const Declaration& declaration : table) {
    infos.push_back(declaration.info);
  }
  return infos;
}

}  // namespace idlewatt
