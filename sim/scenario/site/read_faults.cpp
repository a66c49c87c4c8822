#include "scenario/site/read_faults.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "scenario/keys/key_check.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 100 * 365 * 86400.0;
// Below a second a fleet is down more than up, and the run would take for ever.
const Bounds kBetween{.minimum = 1.0, .maximum = kLongestS};
const Bounds kUplinkLeft{.minimum = 0.001, .maximum = 1.0};
/// How many times as long the steps of a slow server take.
const Bounds kSlowness{.minimum = 1.0, .maximum = 1000.0};
const Bounds kNotice{.minimum = 0.0, .maximum = 86400.0};
constexpr const char* kServerExample = "a server such as `rack0/hgx-a100-80/0`";

const Key kServersKey{.name = "servers",
                      .form = text_form("a type of server of this scenario"),
                      .without = "all types",
                      .help = "the type of server that it happens to"};
const Key kNoticeKey{.name = "notice",
                     .form = quantity_form(Dimension::time, kNotice),
                     .otherwise = "0 s",
                     .help = "time from the announcement to the end"};
const Key kUplinkFactorKey{.name = "factor",
                           .form = quantity_form(Dimension::share, kUplinkLeft),
                           .must = true,
                           .help = "what is left of the uplink's bandwidth"};
const Key kSlowFactorKey{.name = "factor",
                         .form = quantity_form(Dimension::number, kSlowness),
                         .must = true,
                         .help = "how many times as long the server's steps take"};

KeyTable rate_keys(const std::string& what, const std::string& example, const std::vector<Key>& more) {
  return KeyTable("Rates of " + what, "How often it happens, and for how long: exponential times.", example,
                  {{.name = "mtbf",
                    .form = quantity_form(Dimension::time, kBetween),
                    .must = true,
                    .help = "mean time between the end of one fault and the next"},
                   {.name = "mttr",
                    .form = quantity_form(Dimension::time, kBetween),
                    .must = true,
                    .help = "mean time to repair"}})
      .with(more);
}

const KeyTable& server_rate_keys() {
  static const KeyTable table =
      rate_keys("crashes and lost accelerators", "{mtbf: 60 d, mttr: 2 h, servers: hgx-a100-80}", {kServersKey});
  return table;
}

const KeyTable& spot_rate_keys() {
  static const KeyTable table =
      rate_keys("spot interruptions", "{mtbf: 8 h, mttr: 30 min, notice: 2 min}", {kServersKey, kNoticeKey});
  return table;
}

const KeyTable& uplink_rate_keys() {
  static const KeyTable table =
      rate_keys("slow uplinks", "{mtbf: 10 d, mttr: 15 min, factor: 10 %}", {kUplinkFactorKey});
  return table;
}

const KeyTable& slow_rate_keys() {
  static const KeyTable table =
      rate_keys("slow servers", "{mtbf: 30 d, mttr: 6 h, factor: 1.5}", {kServersKey, kSlowFactorKey});
  return table;
}

KeyTable event_keys(const std::string& title, const std::string& example, const std::vector<Key>& more) {
  return KeyTable(title, "A fault at a given time.", example,
                  {{.name = "at",
                    .form = quantity_form(Dimension::time, {.minimum = 0.0, .maximum = kLongestS}),
                    .must = true,
                    .help = "when it begins, from the start of the run"},
                   {.name = "for",
                    .form = quantity_form(Dimension::time, {.maximum = kLongestS, .above_zero = true}),
                    .must = true,
                    .help = "how long it lasts"}})
      .with(more);
}

Key server_key(const char* name, const char* help) {
  return {.name = name, .form = text_form(kServerExample), .must = true, .help = help};
}

const KeyTable& crash_keys() {
  static const KeyTable table = event_keys("Crashes", "{at: 10 min, crash: rack0/hgx-a100-80/0, for: 20 min}",
                                           {server_key("crash", "the server that goes down, and all that it holds")});
  return table;
}

const KeyTable& accelerator_keys() {
  static const KeyTable table =
      event_keys("Lost accelerators", "{at: 12 min, accelerator: rack0/hgx-a100-80/1, number: 3, for: 1 h}",
                 {server_key("accelerator", "the server that loses an accelerator"),
                  {.name = "number",
                   .form = count_form(0, 1023),
                   .must = true,
                   .help = "which of the server's accelerators, from 0"}});
  return table;
}

const KeyTable& spot_keys() {
  static const KeyTable table =
      event_keys("Spot interruptions", "{at: 20 min, spot: rack0/hgx-a100-80/1, notice: 2 min, for: 10 min}",
                 {server_key("spot", "the server that is taken back"), kNoticeKey});
  return table;
}

const KeyTable& uplink_keys() {
  static const KeyTable table = event_keys("Slow uplinks", "{at: 25 min, uplink: rack0, factor: 10 %, for: 5 min}",
                                           {{.name = "uplink",
                                             .form = text_form("a rack such as `rack0`"),
                                             .must = true,
                                             .help = "the rack whose uplink is slower"},
                                            kUplinkFactorKey});
  return table;
}

const KeyTable& slow_keys() {
  static const KeyTable table =
      event_keys("Slow servers", "{at: 30 min, slow: rack0/hgx-a100-80/0, factor: 2, for: 10 min}",
                 {server_key("slow", "the server whose steps take longer"), kSlowFactorKey});
  return table;
}

/// How each kind of fault is written: the key of its rate, the key of its event, and the tables of both.
struct FaultWords {
  const char* rate;
  const char* event;
  KeyTableOf rate_keys;
  KeyTableOf event_keys;
  const char* help;
};

using EveryFaultWords = EnumArray<FaultKind, FaultWords, kFaultKinds>;

const EveryFaultWords& fault_words() {
  static const EveryFaultWords words{
      {{{"crashes", "crash", server_rate_keys, crash_keys, "crashes of each server"},
        {"accelerators", "accelerator", server_rate_keys, accelerator_keys, "losses of each accelerator"},
        {"spot", "spot", spot_rate_keys, spot_keys, "interruptions of each server by the provider"},
        {"uplinks", "uplink", uplink_rate_keys, uplink_keys, "times in which each rack's uplink is slower"},
        {"slow", "slow", slow_rate_keys, slow_keys, "times in which each server is slower"}}}};
  return words;
}

const FaultWords& words_of(FaultKind kind) {
  return fault_words()[kind];
}

std::vector<std::string> types_of(const Racks& racks) {
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

FaultRate read_rate(const Section& fields, FaultKind kind, const Racks& racks) {
  FaultRate rate;
  rate.kind = kind;
  rate.mtbf_s = fields.quantity("mtbf");
  rate.mttr_s = fields.quantity("mttr");
  if (kind != FaultKind::uplink && fields.has("servers")) {
    rate.server = read_name(fields.at("servers"), "server of this scenario", types_of(racks));
  }
  if (kind == FaultKind::uplink || kind == FaultKind::slow) {
    rate.factor = fields.quantity("factor");
  }
  if (kind == FaultKind::spot) {
    rate.notice_s = fields.quantity("notice");
  }
  return rate;
}

std::ptrdiff_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) - names.begin();
}

FaultKind kind_of(const YamlNode& node) {
  std::size_t given = 0;
  FaultKind kind = FaultKind::crash;
  for (const FaultKind each : kEveryFaultKind) {
    if (node.find(words_of(each).event) != nullptr) {
      ++given;
      kind = each;
    }
  }
  if (given != 1) {
    fail(node.place,
         "an event of `faults` says " + std::string(given == 0 ? "none" : "several") +
             " of `crash`, `accelerator`, `spot`, `uplink` and `slow`; expected one of them, such as `crash: "
             "rack0/hgx-a100-80/0`");
  }
  return kind;
}

std::string type_of(const Racks& racks, ServerId server) {
  std::int32_t number = server.value();
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

FaultEvent read_event(const YamlNode& node, const Racks& racks, const Catalog& catalog) {
  FaultEvent event;
  event.kind = kind_of(node);
  const FaultWords& words = words_of(event.kind);
  const Section fields(node, "an event of `faults`", words.event_keys());
  event.at = to_ticks(fields.quantity("at"));
  event.lasts = read_duration(fields, "for");
  if (event.kind == FaultKind::uplink) {
    std::vector<std::string> names;
    for (const RackId rack : racks.ids()) {
      names.push_back("rack" + std::to_string(rack.value()));
    }
    event.rack = RackId(index_of(names, read_name(fields.at("uplink"), "rack", names)));
    event.factor = fields.quantity("factor");
    return event;
  }
  const std::vector<std::string> names = server_names(racks);
  event.server = ServerId(index_of(names, read_name(fields.at(words.event), "server", names)));
  if (event.kind == FaultKind::accelerator) {
    const Server& type = catalog.servers.at(type_of(racks, event.server));
    fields.count("number");
    event.accelerator = AcceleratorId(read_count(fields.at("number"), "`number`", 0, type.accelerators - 1));
  } else if (event.kind == FaultKind::slow) {
    event.factor = fields.quantity("factor");
  } else if (event.kind == FaultKind::spot) {
    event.notice = to_ticks(fields.quantity("notice"));
  }
  return event;
}

}  // namespace

std::vector<std::string> server_names(const Racks& racks) {
  std::vector<std::string> names;
  for (const RackId rack : racks.ids()) {
    for (const ServerGroup& group : racks[rack].servers) {
      for (std::int32_t i = 0; i < group.count; ++i) {
        names.push_back("rack" + std::to_string(rack.value()) + "/" + group.server + "/" + std::to_string(i));
      }
    }
  }
  return names;
}

const KeyTable& fault_keys() {
  static const KeyTable table(
      "Faults", "Nothing fails unless a scenario says so under `faults:` ([what happens then](#what-faults-do)).",
      "faults:\n"
      "  requests: retried\n"
      "  crashes: {mtbf: 60 d, mttr: 2 h, servers: hgx-a100-80}\n"
      "  spot: {mtbf: 8 h, mttr: 30 min, notice: 2 min}\n"
      "  events:\n"
      "    - {at: 10 min, crash: rack0/hgx-a100-80/0, for: 20 min}\n",
      [] {
        std::vector<Key> keys{
            {.name = "requests",
             .form = word_form("fate of requests", {"lost", "retried"}),
             .otherwise = "lost",
             .help = "what becomes of the requests of a lost replica: they fail, or begin anew at another "
                     "replica"}};
        std::vector<Form> events;
        for (const FaultWords& words : fault_words()) {
          keys.push_back(
              {.name = words.rate, .form = map_form(words.rate_keys), .without = "none", .help = words.help});
          events.push_back(map_form(words.event_keys).named("an event of `faults`"));
        }
        keys.push_back(
            {.name = "events",
             .form = list_form(either_form(events).left_to_reader(), 0)
                         .expecting("faults such as `- {at: 10 min, crash: rack0/hgx-a100-80/0, for: 20 min}`"),
             .without = "none",
             .help = "faults at given times; each is of one kind"});
        return keys;
      }());
  return table;
}

Faults read_faults(const YamlNode& node, const Racks& racks, const Catalog& catalog, Problems& problems) {
  const Section fields(node, "`faults`", fault_keys());
  Faults faults;
  faults.retried = fields.word("requests") == "retried";
  for (const FaultKind kind : kEveryFaultKind) {
    if (const std::optional<Section> rate = fields.map(words_of(kind).rate)) {
      problems.note_in(rate->node(), [&] { faults.rates.push_back(read_rate(*rate, kind, racks)); });
    }
  }
  if (const YamlNode* events = fields.find("events")) {
    check_size(*events, fields.form("events"), "`events`");
    for (const YamlNode& event : events->items) {
      problems.note_in(event, [&] {
        KeyCheck(problems, &catalog).map(event, "an event of `faults`", words_of(kind_of(event)).event_keys());
        if (problems.sound(event)) {
          faults.events.push_back(read_event(event, racks, catalog));
        }
      });
    }
  }
  return faults;
}

}  // namespace idlewatt
