#include "catalog/tariff.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kQuarter = 900;
constexpr std::int64_t kFiftyTwoWeeks = std::int64_t{52} * 7 * 86400;

std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  return time - ((time % step) + step) % step;
}

/// The mean of what is constant between quarter hours of UTC, and between the steps of a series; exactly the value
/// where there is only one.
template <class Value>
double mean_of_pieces(const TimeSeries* series, double from_s, double to_s, Value value) {
  const std::int64_t piece =
      series == nullptr ? kQuarter : std::gcd(std::gcd(kQuarter, std::int64_t{series->step_s}), series->start_unix_s);
  const auto first = floor_to(static_cast<std::int64_t>(std::floor(from_s)), piece);
  double sum = 0.0;
  double last = 0.0;
  bool one_value = true;
  for (std::int64_t time = first; time == first || static_cast<double>(time) < to_s; time += piece) {
    const double here = value(time);
    one_value = one_value && (time == first || here == last);
    last = here;
    sum += here * (std::min(to_s, static_cast<double>(time + piece)) - std::max(from_s, static_cast<double>(time)));
  }
  return one_value ? last : sum / (to_s - from_s);
}

}  // namespace

bool TimeSeries::covers(std::int64_t from, std::int64_t to) const {
  const bool whole = static_cast<std::int64_t>(values.size()) * step_s >= kFiftyTwoWeeks;
  return (repeats && whole) || (from >= start_unix_s && to <= end_unix_s());
}

std::optional<std::int64_t> TimeSeries::first_gap(std::int64_t from, std::int64_t to) const {
  for (std::int64_t step = start_unix_s + floor_to(from - start_unix_s, step_s); step < to; step += step_s) {
    if (std::isnan(at(step))) {
      return std::max(step, from);
    }
  }
  return std::nullopt;
}

double TimeSeries::at(std::int64_t unix_s) const {
  std::int64_t time = unix_s;
  if (repeats && (time < start_unix_s || time >= end_unix_s())) {
    const std::int64_t since = time - start_unix_s;
    time = start_unix_s + ((since % kFiftyTwoWeeks) + kFiftyTwoWeeks) % kFiftyTwoWeeks;
  }
  return values.at(static_cast<std::size_t>(floor_to(time - start_unix_s, step_s) / step_s));
}

TimeSeries TimeSeries::cut(std::int64_t from, std::int64_t to) const {
  TimeSeries part{.path = path,
                  .column = column,
                  .unit = unit,
                  .about = about,
                  .start_unix_s = start_unix_s + floor_to(from - start_unix_s, step_s),
                  .step_s = step_s};
  for (std::int64_t step = part.start_unix_s; step < to; step += step_s) {
    part.values.push_back(at(step));
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
  return varies() ? mean_of_pieces(series.get(), from_s, to_s, [&](std::int64_t time) { return at(zone, time); })
                  : flat;
}

double Plant::share_at(const TimeZone& zone, std::int64_t unix_s) const {
  return series ? series->at(unix_s) : day[static_cast<std::size_t>(local_time(zone, unix_s).second / kHour)];
}

double Plant::mean_share(const TimeZone& zone, double from_s, double to_s) const {
  return mean_of_pieces(series.get(), from_s, to_s, [&](std::int64_t time) { return share_at(zone, time); });
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

std::vector<std::shared_ptr<const TimeSeries>> series_of(const Tariff& tariff) {
  std::vector<std::shared_ptr<const TimeSeries>> all{tariff.electricity_usd_per_kwh.series,
                                                     tariff.carbon_g_per_kwh.series};
  if (tariff.market_carbon_g_per_kwh) {
    all.push_back(tariff.market_carbon_g_per_kwh->series);
  }
  if (tariff.plant) {
    all.push_back(tariff.plant->series);
  }
  std::vector<std::shared_ptr<const TimeSeries>> result;
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
