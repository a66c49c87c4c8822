#include "catalog/tariff.hpp"

#include <algorithm>
#include <cmath>

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kQuarter = 900;
constexpr std::int64_t kFiftyTwoWeeks = std::int64_t{52} * 7 * 86400;

std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  return time - ((time % step) + step) % step;
}

}  // namespace

bool HourlySeries::covers(std::int64_t from, std::int64_t to) const {
  const bool whole = static_cast<std::int64_t>(values.size()) * kHour >= kFiftyTwoWeeks;
  return (repeats && whole) || (from >= start_unix_s && to <= end_unix_s());
}

double HourlySeries::at(std::int64_t unix_s) const {
  std::int64_t time = unix_s;
  if (repeats && (time < start_unix_s || time >= end_unix_s())) {
    const std::int64_t since = time - start_unix_s;
    time = start_unix_s + ((since % kFiftyTwoWeeks) + kFiftyTwoWeeks) % kFiftyTwoWeeks;
  }
  return values.at(static_cast<std::size_t>(floor_to(time - start_unix_s, kHour) / kHour));
}

HourlySeries HourlySeries::cut(std::int64_t from, std::int64_t to) const {
  HourlySeries part{.path = path, .column = column, .start_unix_s = floor_to(from, kHour)};
  for (std::int64_t hour = part.start_unix_s; hour < to; hour += kHour) {
    part.values.push_back(at(hour));
  }
  return part;
}

bool TimeOfUse::holds(const LocalTime& time) const {
  const bool in_hours =
      from_s < to_s ? time.second >= from_s && time.second < to_s : time.second >= from_s || time.second < to_s;
  return in_hours && weekdays[static_cast<std::size_t>(time.weekday)] &&
         months[static_cast<std::size_t>(time.month - 1)];
}

double OverTime::at(const TimeZone& zone, std::int64_t unix_s) const {
  if (series) {
    return series->at(unix_s) * factor + surcharge;
  }
  if (!periods.empty()) {
    const LocalTime time = local_time(zone, unix_s);
    for (const TimeOfUse& period : periods) {
      if (period.holds(time)) {
        return period.value;
      }
    }
  }
  return flat;
}

double OverTime::mean(const TimeZone& zone, double from_s, double to_s) const {
  if (!varies()) {
    return flat;
  }
  const auto first = floor_to(static_cast<std::int64_t>(std::floor(from_s)), kQuarter);
  double sum = 0.0;
  double value = 0.0;
  bool one_value = true;
  for (std::int64_t quarter = first; quarter == first || static_cast<double>(quarter) < to_s; quarter += kQuarter) {
    const double here = at(zone, quarter);
    one_value = one_value && (quarter == first || here == value);
    value = here;
    sum += here *
           (std::min(to_s, static_cast<double>(quarter + kQuarter)) - std::max(from_s, static_cast<double>(quarter)));
  }
  return one_value ? value : sum / (to_s - from_s);
}

double Plant::share_at(const TimeZone& zone, std::int64_t unix_s) const {
  return series ? series->at(unix_s) : day[static_cast<std::size_t>(local_time(zone, unix_s).second / kHour)];
}

double Tariff::pue_at(double it_w) const {
  if (pue_by_load.empty()) {
    return pue;
  }
  const auto above = std::find_if(pue_by_load.begin(), pue_by_load.end(),
                                  [it_w](const PueAtLoad& point) { return point.it_w >= it_w; });
  if (above == pue_by_load.begin()) {
    return above->pue;
  }
  if (above == pue_by_load.end()) {
    return pue_by_load.back().pue;
  }
  const PueAtLoad& below = *(above - 1);
  return below.pue + (above->pue - below.pue) * (it_w - below.it_w) / (above->it_w - below.it_w);
}

std::vector<std::shared_ptr<const HourlySeries>> series_of(const Tariff& tariff) {
  std::vector<std::shared_ptr<const HourlySeries>> all{tariff.electricity_usd_per_kwh.series,
                                                       tariff.carbon_g_per_kwh.series};
  if (tariff.market_carbon_g_per_kwh) {
    all.push_back(tariff.market_carbon_g_per_kwh->series);
  }
  if (tariff.plant) {
    all.push_back(tariff.plant->series);
  }
  std::vector<std::shared_ptr<const HourlySeries>> result;
  for (const auto& series : all) {
    const bool known = std::any_of(result.begin(), result.end(), [&](const auto& other) {
      return series && other->path == series->path && other->column == series->column;
    });
    if (series && !known) {
      result.push_back(series);
    }
  }
  return result;
}

}  // namespace idlewatt
