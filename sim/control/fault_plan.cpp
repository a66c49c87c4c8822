#include "control/fault_plan.hpp"

#include <cmath>
#include <fmt/core.h>
#include <string>

#include "base/require.hpp"

namespace idlewatt {
namespace {

constexpr EnumArray<FaultKind, const char*, kFaultKinds> kNames{{"crash", "accelerator", "spot", "uplink", "slow"}};

/// Exponential with this mean; at least a tick, so that nothing happens twice at once.
Ticks exponential(RandomStream& random, double mean_s, Ticks most) {
  const double drawn_s = -mean_s * std::log1p(-random.uniform());
  return drawn_s >= to_seconds(most) ? most : std::max<Ticks>(1, to_ticks(drawn_s));
}

}  // namespace

FaultPlan::FaultPlan(const Faults& faults, const Fleet& fleet, std::uint64_t seed, Ticks horizon)
    : events_(faults.events), horizon_(horizon) {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i].at < horizon) {
      due_.push({events_[i].at, i});
    }
  }
  for (const FaultRate& rate : faults.rates) {
    if (rate.kind == FaultKind::uplink) {
      for (const RackId rack : fleet.racks().ids()) {
        add_source(rate, {.rack = rack}, fleet.racks()[rack].name, seed);
      }
      continue;
    }
    for (const ServerId id : fleet.servers().ids()) {
      const FleetServer& server = fleet.server(id);
      if (!rate.server.empty() && server.type->name != rate.server) {
        continue;
      }
      const std::int32_t each = rate.kind == FaultKind::accelerator ? server.type->accelerators : 1;
      for (std::int32_t a = 0; a < each; ++a) {
        add_source(rate, {.server = id, .accelerator = AcceleratorId(a)},
                   each == 1 ? server.name : fmt::format("{}/{}", server.name, a), seed);
      }
    }
  }
}

void FaultPlan::add_source(const FaultRate& rate, FaultEvent target, const std::string& name, std::uint64_t seed) {
  target.kind = rate.kind;
  target.notice = to_ticks(rate.notice_s);
  target.factor = rate.factor;
  const std::string kind = kNames[rate.kind];
  sources_.push_back({&rate, target, RandomStream(seed, fmt::format("faults/{}/{}", kind, name))});
  draw(sources_.size() - 1, 0);
}

void FaultPlan::draw(std::size_t source, Ticks from) {
  Source& drawn = sources_[source];
  drawn.event.at = from + exponential(drawn.random, drawn.rate->mtbf_s, horizon_);
  drawn.event.lasts = exponential(drawn.random, drawn.rate->mttr_s, horizon_);
  if (drawn.event.at < horizon_) {
    due_.push({drawn.event.at, events_.size() + source});
  }
}

FaultEvent FaultPlan::take() {
  require(!due_.empty(), "a fault to take");
  const std::size_t number = due_.top().number;
  due_.pop();
  if (number < events_.size()) {
    return events_[number];
  }
  const std::size_t source = number - events_.size();
  const FaultEvent taken = sources_[source].event;
  draw(source, taken.at + taken.notice + taken.lasts);
  return taken;
}

}  // namespace idlewatt
