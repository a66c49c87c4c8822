#include "scenario/feed/feed.hpp"

#include "scenario/feed/formats.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kHead = 8192;

/// The first line, without a byte-order mark and quotes.
std::string first_line(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) {
    head.remove_prefix(3);
  }
  std::string line;
  for (const char c : head.substr(0, head.find('\n'))) {
    if (c != '"' && c != '\r') {
      line += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return line;
}

bool is_json(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
}

bool has_key(std::string_view head, std::string_view key) {
  return is_json(head) && head.find("\"" + std::string(key) + "\"") != std::string_view::npos;
}

}  // namespace

const std::vector<FeedFormat>& feed_formats() {
  static const std::vector<FeedFormat> formats{
      {"Electricity Maps", "first column `Datetime (UTC)`",
       [](std::string_view head) { return first_line(head).starts_with("datetime (utc)"); }, read_electricity_maps},
      {"ENTSO-E day-ahead prices", "first column `MTU (...)`",
       [](std::string_view head) { return first_line(head).starts_with("mtu ("); }, read_entsoe},
      {"CAISO OASIS prices", "column `INTERVALSTARTTIME_GMT`",
       [](std::string_view head) { return first_line(head).find("intervalstarttime_gmt") != std::string::npos; },
       read_caiso},
      {"EIA-930 balance", "columns `Balancing Authority,Data Date`",
       [](std::string_view head) { return first_line(head).starts_with("balancing authority,data date"); },
       read_eia_930},
      {"WattTime CSV", "columns `timestamp,MOER`",
       [](std::string_view head) { return first_line(head).starts_with("timestamp,moer"); }, read_watttime_csv},
      {"Nord Pool CSV", "first column `Delivery Start (CET)`",
       [](std::string_view head) { return first_line(head).starts_with("delivery start (cet)"); }, read_nord_pool_csv},
      {"Open-Meteo CSV", "first line `latitude,longitude,elevation...`",
       [](std::string_view head) {
         const std::string line = first_line(head);
         return line.find("latitude,longitude,elevation") != std::string::npos;
       },
       read_open_meteo},
      {"WattTime JSON", "key `point_time`", [](std::string_view head) { return has_key(head, "point_time"); },
       read_watttime_json},
      {"Nord Pool JSON", "key `multiAreaEntries`",
       [](std::string_view head) { return has_key(head, "multiAreaEntries"); }, read_nord_pool_json},
      {"Octopus Energy", "key `value_exc_vat`", [](std::string_view head) { return has_key(head, "value_exc_vat"); },
       read_octopus},
      {"OpenNEM", "keys `history` and `interval`",
       [](std::string_view head) { return has_key(head, "history") && has_key(head, "interval"); }, read_open_nem},
      {"UK Carbon Intensity", "keys `intensity` and `forecast`",
       [](std::string_view head) { return has_key(head, "intensity") && has_key(head, "forecast"); },
       read_uk_carbon_intensity},
  };
  return formats;
}

const FeedFormat* recognised_feed(std::string_view text) {
  const std::string_view head = text.substr(0, kHead);
  for (const FeedFormat& format : feed_formats()) {
    if (format.recognises(head)) {
      return &format;
    }
  }
  return nullptr;
}

}  // namespace idlewatt
