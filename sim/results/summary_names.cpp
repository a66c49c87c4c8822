#include "results/summary_names.hpp"

namespace idlewatt {

std::string better_name(Measure::Better better) {
  switch (better) {
    case Measure::Better::lower:
      return "lower";
    case Measure::Better::higher:
      return "higher";
    case Measure::Better::neither:
      break;
  }
  return "neither";
}

std::string form_name(Measure::Form form) {
  switch (form) {
    case Measure::Form::count:
      return "count";
    case Measure::Form::total:
      return "total";
    case Measure::Form::rate:
      return "rate";
    case Measure::Form::share:
      break;
  }
  return "share";
}

std::string group_name(Measure::Group group) {
  switch (group) {
    case Measure::Group::requests:
      return "requests";
    case Measure::Group::energy:
      return "energy";
    case Measure::Group::money:
      return "money";
    case Measure::Group::latency:
      return "latency";
    case Measure::Group::fleet:
      break;
  }
  return "fleet";
}

}  // namespace idlewatt
