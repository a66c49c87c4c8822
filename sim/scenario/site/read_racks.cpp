#include "scenario/site/read_racks.hpp"

#include <charconv>
#include <fmt/core.h>

#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostServers = 1'000'000;
constexpr const char* kExpectedGroup = "a number and a server such as `2 x hgx-a100-80`";

ServerGroup read_group(const YamlNode& node, const Catalog& catalog) {
  const std::string text = read_text(node, "`servers` of a rack", kExpectedGroup);
  const std::size_t cross = text.find(" x ");
  ServerGroup group;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group.count);
  if (cross == std::string::npos || error != std::errc() || end != text.data() + cross) {
    fail(node.place, fmt::format("`servers`: `{}` is no number of servers; expected {}", text, kExpectedGroup));
  }
  if (group.count < 1 || group.count > kMostServers) {
    fail(node.place, fmt::format("`servers`: `{}` is out of range; expected 1 to {}", text, kMostServers));
  }
  YamlNode name = node;
  name.scalar = text.substr(cross + 3);
  name.place.column += static_cast<int>(node.place.line > 0 ? cross + 3 + (node.quoted ? 1 : 0) : 0);
  group.server = read_name(name, "server", keys_of(catalog.servers));
  return group;
}

Form group_form() {
  return text_form(kExpectedGroup).matching("^[0-9]+ x .+$");
}

Rack read_rack(const Section& fields, const Catalog& catalog) {
  Rack rack;
  const YamlNode& servers = fields.at("servers");
  if (servers.is_sequence() && !servers.items.empty()) {
    for (const YamlNode& group : servers.items) {
      rack.servers.push_back(read_group(group, catalog));
    }
  } else {
    rack.servers.push_back(read_group(servers, catalog));
  }
  rack.uplink_bytes_per_s = fields.quantity("uplink");
  rack.switch_w = fields.quantity("switch");
  rack.ownership = fields.word("ownership") == "owned" ? Ownership::owned : Ownership::rented;
  rack.images_preloaded = fields.word("images") == "preloaded";
  rack.power_budget_w = fields.quantity_if("power_budget").value_or(rack.power_budget_w);
  return rack;
}

}  // namespace

const KeyTable& rack_keys() {
  static const KeyTable table{
      "Keys of a rack",
      "Under `racks:` stands a list of racks, which hold the servers of the fleet.",
      "racks:\n"
      "  - {servers: 2 x hgx-a100-80, uplink: 100 Gbps}\n"
      "  - {servers: [4 x l4-8, 1 x h100-sxm-8], uplink: 400 Gbps, power_budget: 20 kW, ownership: owned}\n",
      {{.name = "servers",
        .form = either_form({group_form(), list_form(group_form())}).expecting(kExpectedGroup),
        .must = true,
        .help = "a number of servers of one type, or a list of such"},
       {.name = "uplink",
        .form = quantity_form(Dimension::bandwidth, kPositive),
        .otherwise = "100 Gbps",
        .help = "bandwidth of the rack's switch towards the rest, in each direction"},
       {.name = "switch",
        .form = quantity_form(Dimension::power),
        .otherwise = "0 W",
        .help = "power that the switch draws"},
       {.name = "ownership",
        .form = word_form("kind of ownership", {"rented", "owned"}),
        .otherwise = "rented",
        .help = "whether servers are rented by the hour, power included, or one's own"},
       {.name = "images",
        .form = word_form("way of container images", {"pulled", "preloaded"}),
        .otherwise = "pulled",
        .help = "`pulled`: the first start of an engine on a server fetches its image and unpacks it, which takes "
                "minutes (`image`, `image_unpack_time` of the engine); a rented machine is empty each time. "
                "`preloaded`: images are part of the disk image that the servers boot from"},
       {.name = "count", .form = count_form(1, 100'000), .otherwise = "1", .help = "so many racks alike"},
       {.name = "power_budget",
        .form = quantity_form(Dimension::power, kPositive).of_its_map(),
        .without = "no limit",
        .help = "the rack never draws more at the wall, its switch included: starts wait for power"}}};
  return table;
}

Racks read_racks(const YamlNode& node, const Catalog& catalog, Problems& problems) {
  Racks racks;
  std::int64_t all_servers = 0;
  for (const YamlNode& item : node.items) {
    problems.note_in(item, [&] {
      const Section fields(item, "a rack", rack_keys());
      const Rack rack = read_rack(fields, catalog);
      const std::int32_t count = fields.count("count");
      for (const ServerGroup& group : rack.servers) {
        all_servers += static_cast<std::int64_t>(group.count) * count;
      }
      if (all_servers > kMostServers) {
        fail(item.place,
             fmt::format("the racks hold {} servers up to here; expected at most {}", all_servers, kMostServers));
      }
      racks.resize(racks.size() + static_cast<std::size_t>(count), rack);
    });
  }
  return racks;
}

}  // namespace idlewatt
