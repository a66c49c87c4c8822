#include "scenario/read_faults.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "scenario/fields.hpp"
#include "scenario/read_duration.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 100 * 365 * 86400.0;

/// How many times as long the steps of a slow server take.
const Bounds kSlowness{.minimum = 1.0, .maximum = 1000.0};

const std::array<std::string, kFaultKinds> kRateKeys{"crashes", "accelerators", "spot", "uplinks", "slow"};
const std::array<std::string, kFaultKinds> kEventKeys{"crash", "accelerator", "spot", "uplink", "slow"};

std::vector<std::string> types_of(const std::vector<Rack>& racks) {
  std::vector<std::string> types;
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      if (std::find(types.begin(), types.end(), group.server) == types.end()) {
        types.push_back(group.server);
      }
    }
  }
  return types;
}

FaultRate read_rate(const YamlNode& node, FaultKind kind, const std::vector<Rack>& racks) {
  const std::string& key = kRateKeys[static_cast<std::size_t>(kind)];
  std::vector<std::string> known{"mtbf", "mttr"};
  if (kind == FaultKind::uplink) {
    known.emplace_back("factor");
  } else {
    known.emplace_back("servers");
  }
  if (kind == FaultKind::spot) {
    known.emplace_back("notice");
  }
  if (kind == FaultKind::slow) {
    known.emplace_back("factor");
  }
  const Fields fields(node, "`" + key + "`", known);
  // Below a second a fleet is down more than up, and the run would take for ever.
  const Bounds between{.minimum = 1.0, .maximum = kLongestS};
  FaultRate rate;
  rate.kind = kind;
  rate.mtbf_s = fields.quantity("mtbf", Dimension::time, between);
  rate.mttr_s = fields.quantity("mttr", Dimension::time, between);
  if (kind == FaultKind::uplink) {
    rate.factor = fields.quantity("factor", Dimension::share, {.minimum = 0.001, .maximum = 1.0});
  } else if (fields.has("servers")) {
    rate.server = fields.name("servers", "server of this scenario", types_of(racks));
  }
  if (kind == FaultKind::slow) {
    rate.factor = fields.quantity("factor", Dimension::number, kSlowness);
  }
  if (kind == FaultKind::spot) {
    rate.notice_s = fields.quantity_or("notice", Dimension::time, 0.0, {.minimum = 0.0, .maximum = 86400.0});
  }
  return rate;
}

std::int32_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::int32_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

FaultKind kind_of(const Fields& fields) {
  std::size_t given = 0;
  FaultKind kind = FaultKind::crash;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    if (fields.has(kEventKeys[i])) {
      ++given;
      kind = static_cast<FaultKind>(i);
    }
  }
  if (given != 1) {
    fail(fields.place(),
         fields.what() + " says " + (given == 0 ? "none" : "several") +
             " of `crash`, `accelerator`, `spot`, `uplink` and `slow`; expected one of them, such as `crash: "
             "rack0/hgx-a100-80/0`");
  }
  return kind;
}

/// The type of a server by its number.
std::string type_of(const std::vector<Rack>& racks, std::int32_t number) {
  for (const Rack& rack : racks) {
    for (const ServerGroup& group : rack.servers) {
      if (number < group.count) {
        return group.server;
      }
      number -= group.count;
    }
  }
  return {};
}

FaultEvent read_event(const YamlNode& node, const std::vector<Rack>& racks, const Catalog& catalog) {
  std::vector<std::string> known{"at", "for", "notice", "number", "factor"};
  known.insert(known.end(), kEventKeys.begin(), kEventKeys.end());
  const Fields any(node, "an event of `faults`", known);
  FaultEvent event;
  event.kind = kind_of(any);
  known = {"at", "for", kEventKeys[static_cast<std::size_t>(event.kind)]};
  if (event.kind == FaultKind::accelerator) {
    known.emplace_back("number");
  } else if (event.kind == FaultKind::spot) {
    known.emplace_back("notice");
  } else if (event.kind == FaultKind::uplink || event.kind == FaultKind::slow) {
    known.emplace_back("factor");
  }
  const Fields fields(node, "an event of `faults`", known);
  event.at = to_ticks(fields.quantity("at", Dimension::time, {.minimum = 0.0, .maximum = kLongestS}));
  event.lasts = read_duration(fields, "for", kLongestS);
  if (event.kind == FaultKind::uplink) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < racks.size(); ++i) {
      names.push_back("rack" + std::to_string(i));
    }
    event.target = index_of(names, fields.name("uplink", "rack", names));
    event.factor = fields.quantity("factor", Dimension::share, {.minimum = 0.001, .maximum = 1.0});
    return event;
  }
  const std::vector<std::string> names = server_names(racks);
  event.target = index_of(names, fields.name(kEventKeys[static_cast<std::size_t>(event.kind)], "server", names));
  if (event.kind == FaultKind::accelerator) {
    const Server& type = catalog.servers.at(type_of(racks, event.target));
    event.accelerator = fields.count("number", 0, type.accelerators - 1);
  } else if (event.kind == FaultKind::slow) {
    event.factor = fields.quantity("factor", Dimension::number, kSlowness);
  } else if (event.kind == FaultKind::spot) {
    event.notice = to_ticks(fields.quantity_or("notice", Dimension::time, 0.0, {.minimum = 0.0, .maximum = 86400.0}));
  }
  return event;
}

}  // namespace

std::vector<std::string> server_names(const std::vector<Rack>& racks) {
  std::vector<std::string> names;
  for (std::size_t r = 0; r < racks.size(); ++r) {
    for (const ServerGroup& group : racks[r].servers) {
      for (std::int32_t i = 0; i < group.count; ++i) {
        names.push_back("rack" + std::to_string(r) + "/" + group.server + "/" + std::to_string(i));
      }
    }
  }
  return names;
}

Faults read_faults(const YamlNode& node, const std::vector<Rack>& racks, const Catalog& catalog) {
  std::vector<std::string> known{"requests", "events"};
  known.insert(known.end(), kRateKeys.begin(), kRateKeys.end());
  const Fields fields(node, "`faults`", known);
  Faults faults;
  faults.retried = fields.name_or("requests", "fate of requests", {"lost", "retried"}, "lost") == "retried";
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    if (const YamlNode* rate = fields.find(kRateKeys[i])) {
      faults.rates.push_back(read_rate(*rate, static_cast<FaultKind>(i), racks));
    }
  }
  if (const YamlNode* events = fields.find("events")) {
    if (!events->is_sequence()) {
      fail(events->place,
           "`events` is no list; expected faults such as `- {at: 10 min, crash: "
           "rack0/hgx-a100-80/0, for: 20 min}`");
    }
    for (const YamlNode& event : events->items) {
      faults.events.push_back(read_event(event, racks, catalog));
    }
  }
  return faults;
}

}  // namespace idlewatt
