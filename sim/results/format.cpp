#include "results/format.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/error.hpp"
#include "ledger/recorder.hpp"

namespace idlewatt {
namespace {

using enum Exactness;

constexpr const char* kMean = "time: mean";
constexpr const char* kSum = "time: sum";
constexpr const char* kPoint = "time: point";
const char* const kTable = "In the table layout of PyTables and `H5TB`.";

template <class State, std::size_t N>
std::string names() {
  std::string text;
  for (std::size_t i = 0; i < N; ++i) {
    text += (i == 0 ? "`" : " ") + std::string(to_string(static_cast<State>(i)));
  }
  return text + "`";
}

FormatGroup root() {
  return {.path = "/",
          .about = "",
          .attributes = {
              {"complete", "int32", "1 when the run ended and everything was written"},
              {"Conventions", "text", "`CF-1.10`"},
              {"title", "text", "the scenario's title"},
              {"variant", "text", "the variant's name"},
              {"seed", "uint64", "seed of the random streams"},
              {"idlewatt_version", "text", "version that wrote the file"},
              {"scenario_hash", "text", "of a point of a grid: a hash of all that decides its result; else empty"},
              {"format_version", "int32",
               fmt::format("{}; in another one something has another meaning or another place, and readers refuse it",
                           kFormatVersion)}}};
}

FormatDimension time_dimension() {
  return {"time", "float64", "start of the bin", "unlimited; `seconds since <start>`, the scenario's start in UTC"};
}
FormatDimension bounds_dimension() {
  return {"nv", "", "", "2: start and end"};
}
FormatVariable bounds() {
  return {"time_bnds",
          {"time", "nv"},
          "float64",
          "",
          rounded,
          "",
          "start and end of the bin",
          "units are those of "
          "`time`"};
}

FormatGroup timeseries() {
  const std::vector<std::string> pool{"time", "pool"};
  return {.path = "/timeseries",
          .about =
              "One row per bin of `sample_every` of simulated time; the last may be shorter. Chunked along `time`, "
              "shuffled, gzip 4.",
          .dimensions = {time_dimension(),
                         {"pool", "text", "pool of replicas",
                          "the last, `unassigned`, is the accelerators that no replica holds"},
                         {"state", "text", "state of an accelerator", names<AcceleratorState, kAcceleratorStates>()},
                         {"replica_state", "text", "state of a replica", names<ReplicaActivity, kReplicaActivities>()},
                         {"rack", "text", "rack"},
                         bounds_dimension()},
          .variables =
              {bounds(),
               {"power_w",
                {"time", "pool", "state"},
                "float64",
                "W",
                rounded,
                kMean,
                "mean power of the accelerators in a state",
                "their energy in it / the bin's length"},
               {"accelerator_time_s",
                {"time", "pool", "state"},
                "float64",
                "s",
                rounded,
                kSum,
                "time that accelerators spent in a state"},
               {"replicas",
                {"time", "pool", "replica_state"},
                "int32",
                "1",
                exact,
                kPoint,
                "replicas in a state at the bin's end"},
               {"queue_length", pool, "int64", "1", exact, kPoint, "requests waiting at the bin's end"},
               {"running_sequences", pool, "int64", "1", exact, kPoint, "sequences in a batch at the bin's end"},
               {"arrivals", pool, "int64", "1", exact, kSum, "attempts that arrived"},
               {"completions", pool, "int64", "1", exact, kSum, "requests answered to the last token"},
               {"rejections", pool, "int64", "1", exact, kSum, "attempts turned away"},
               {"timeouts", pool, "int64", "1", exact, kSum, "attempts that ended with nobody waiting for them"},
               {"prompt_tokens", pool, "int64", "1", exact, kSum, "prompt tokens computed",
                "again after a preemption included"},
               {"output_tokens", pool, "int64", "1", exact, kSum, "output tokens generated"},
               {"cache_power_w",
                {"time"},
                "float64",
                "W",
                rounded,
                kMean,
                "mean power of the semantic cache: its lookups, and its embedding accelerator while it waits"},
               {"cache_idle_power_w",
                {"time"},
                "float64",
                "W",
                rounded,
                kMean,
                "part of the semantic cache's power that was idle waste: its embedding accelerator while it waits"},
               {"cache_lookups", {"time"}, "int64", "1", exact, kSum, "requests looked up in the semantic cache"},
               {"cache_hits", {"time"}, "int64", "1", exact, kSum, "lookups that found an answer"},
               {"cache_wrong_hits", {"time"}, "int64", "1", exact, kSum, "hits with the answer to another question"},
               {"cache_entries", {"time"}, "int64", "1", exact, kPoint, "answers in the cache at the bin's end"},
               {"cache_bytes", {"time"}, "int64", "byte", exact, kPoint, "size of these answers"},
               {"rack_power_w",
                {"time", "rack"},
                "float64",
                "W",
                rounded,
                kMean,
                "mean power of a rack, servers and switches",
                "without the semantic cache"},
               {"rack_idle_power_w",
                {"time", "rack"},
                "float64",
                "W",
                attributed,
                kMean,
                "part of the rack's power that was idle waste in the bin"}},
          .after =
              "The variables of racks are missing when the fleet has no racks; those of the semantic cache, when the "
              "run has no semantic cache. A \"point\" value is the value at the end of its bin, though the label of "
              "the bin is its start. The bins cover the whole run with its warm-up; the request counts of `/summary` "
              "leave the warm-up out.\n\n"
              "**Energy** is power times the bin's length: `(series.power_w * (time_bnds[:, 1] - time_bnds[:, "
              "0])).sum()`.\n\n"
              "**Idle waste** in a bin is that of its powered accelerators without work, of their fans and power "
              "supply in proportion, and of servers and switches by the share of accelerator time that was waste *in "
              "that bin*. `/summary` applies the same rule once to the whole run, so the sum over bins differs from "
              "`idle_waste_kwh` (less PUE), by up to a tenth where servers come and go."};
}

FormatGroup servers() {
  return {.path = "/servers",
          .about =
              "Power by server, in at most 1440 bins a run: each is a whole number of bins of `/timeseries`. A "
              "fleet without servers has no such group.",
          .dimensions = {time_dimension(), {"server", "text", "server: rack/kind/number"}, bounds_dimension()},
          .variables = {bounds(),
                        {"power_w",
                         {"time", "server"},
                         "float64",
                         "W",
                         rounded,
                         kMean,
                         "mean power of a server at the wall",
                         "accelerators included"},
                        {"idle_power_w",
                         {"time", "server"},
                         "float64",
                         "W",
                         attributed,
                         kMean,
                         "part of the server's power that was idle waste in the bin"}}};
}

FormatGroup latency() {
  return {
      .path = "/latency",
      .about =
          "Histograms of what `/summary` has quantiles of: served requests after the warm-up, exact counts (`ttft` "
          "and `e2e` with those from the semantic cache). One "
          "grid of bins for all latencies, 16 per power of two (at most 6.3 % wide), cut to where there are "
          "requests; what is below 84 us stands in the first bin. Not there when nothing was served.",
      .dimensions = {{"latency", "text", "which latency", "`ttft tpot gap e2e queue`"},
                     {"bin", "", "", "bins, ascending"}},
      .variables = {{"label", {"latency"}, "text", "", exact, "", "what the latency is"},
                    {"from_s", {"bin"}, "float64", "s", rounded, "", "lower edge of the bin, within it"},
                    {"to_s", {"bin"}, "float64", "s", rounded, "", "upper edge of the bin, not within it"},
                    {"requests", {"latency", "bin"}, "int64", "1", exact, "", "requests with a latency in the bin"}},
      .after =
          "`gap` is the longest gap of each request, not every gap. The limits that the latencies stand against "
          "are in `/provenance/figures` as `traffic.<number>.slo.<latency>`."};
}

FormatGroup summary() {
  return {
      .path = "/summary",
      .about =
          "One scalar float64 per measure, named as in the JSON output (`ttft_s_p99`). NaN where there is nothing to "
          "measure (no request served). Where the site's prices are in another currency than US dollars, names and "
          "units have that one: `cost_eur` in EUR. The group's attribute `currency` says which. Attributes of each:",
      .attributes = {
          {"currency", "text", "of the group: ISO 4217 code of the currency of all money"},
          {"units", "text", "unit"},
          {"long_name", "text", "short label"},
          {"meaning", "text", "one sentence"},
          {"better", "text", "`lower`, `higher` or `neither`"},
          {"group", "text", "what it is read together with"},
          {"form", "text", "`count` or `total`: grows with traffic and time; `rate` or `share` (of 1): does not"},
          {"headline", "int32", "1 when it stands in the table that `idlewatt run` prints"}}};
}

FormatGroup requests() {
  return {
      .path = "/requests",
      .about = std::string("Only when the scenario records requests. One row per request in the order in which they "
                           "ended. ") +
               kTable,
      .attributes = {{"outcome_names", "texts", "what `outcome` counts: " + names<Outcome, kOutcomes>()},
                     {"pool_names", "texts", "what `pool` counts"},
                     {"FIELD_<n>_UNITS", "text", "unit of column n"}},
      .variables =
          {{"id", {}, "int64", "", exact, "", "number of the request, in order of arrival"},
           {"stream", {}, "int32", "", exact, "", "which traffic source of the scenario, from 0"},
           {"tenant", {}, "int32", "", exact, "", "tenant"},
           {"pool", {}, "int32", "", exact, "", "index into `pool_names`; -1: reached none"},
           {"replica", {}, "int32", "", exact, "", "number within its pool; -1: reached none"},
           {"outcome", {}, "int8", "", exact, "", "index into `outcome_names`"},
           {"arrival_s", {}, "float64", "s", rounded, "", "arrival, since the start of the run"},
           {"queue_s", {}, "float64", "s", rounded, "", "from arrival to the start of its first batch step"},
           {"first_token_s",
            {},
            "float64",
            "s",
            rounded,
            "",
            "end of the step that made its first token, since the start of the run"},
           {"end_s", {}, "float64", "s", rounded, "", "end of its last token, since the start of the run"},
           {"ttft_s", {}, "float64", "s", rounded, "", "from arrival to first token"},
           {"worst_gap_s",
            {},
            "float64",
            "s",
            rounded,
            "",
            "longest time between two of its tokens; 0 when it has one"},
           {"prompt_tokens", {}, "int32", "", exact, "", "length of the prompt"},
           {"output_tokens", {}, "int32", "", exact, "", "tokens generated"},
           {"preemptions", {}, "int32", "", exact, "", "times it lost its KV memory"},
           {"prefix_tokens", {}, "int32", "", exact, "", "tokens of its prompt that the prefix cache held"},
           {"wrong", {}, "int8", "", exact, "", "1: the semantic cache gave it the answer to another question"},
           {"attempts", {}, "int32", "", exact, "", "how often its client asked"},
           {"discarded_tokens", {}, "int32", "", exact, "", "tokens generated in tries before the last"},
           {"energy_j",
            {},
            "float64",
            "J",
            attributed,
            "",
            "its share of the accelerators' energy in busy steps; `/attribution/parts` says what comes on top"},
           {"prefill_energy_j",
            {},
            "float64",
            "J",
            attributed,
            "",
            "of that share, what its prompt took, computed again after a preemption, too"}},
      .table = true,
      .after =
          "Times that did not happen are NaN. Opening the *root* of such a file with h5netcdf needs "
          "`phony_dims=\"sort\"`, because a table has no named dimension; the groups need nothing."};
}

/// For each purpose, in their order.
void add_purposes(std::vector<FormatVariable>& variables, const std::string& suffix, const std::string& unit,
                  const std::vector<std::string>& meanings) {
  for (const Purpose purpose : kEveryPurpose) {
    variables.push_back({to_string(purpose) + suffix,
                         {},
                         "float64",
                         unit,
                         attributed,
                         "",
                         meanings.at(static_cast<std::size_t>(purpose))});
  }
}

FormatGroup attribution() {
  FormatGroup group{
      .path = "/attribution/parts",
      .about = std::string("Whose energy and money it was: the facility energy and the cost of `/summary`, by pool, "
                           "tenant and purpose. ") +
               kTable,
      .attributes = {{"pool_names", "texts", "what `pool` counts"},
                     {"model_names", "texts", "the model of each"},
                     {"currency", "text",
                      "ISO 4217 code of the currency of all money; where it is not USD, names and units have it: "
                      "`host_eur` in EUR. Files of earlier versions lack it, and say USD"}},
      .variables = {{"pool", {}, "int32", "", exact, "", "index into `pool_names`; -1: held by no pool"},
                    {"tenant", {}, "int32", "", exact, "", "tenant; -1: nobody"},
                    {"served", {}, "int64", "", exact, "", "requests of the tenant that the pool answered"}},
      .table = true,
      .after =
          "A request's share of the steps that it was in is its `energy_j` in `/requests`. All else of a pool falls to "
          "its requests in proportion to that: idle, start-up, host and facility. So a request's part of the row of "
          "its "
          "pool and tenant is `prefill_energy_j` of the row's prefill, the rest of its `energy_j` of the row's decode, "
          "and by `energy_j` of all else; `idlewatt.open(file).attributed_requests()` has it. Nobody's (-1) is what "
          "accelerators draw that no pool holds, all of a pool that computed nothing, and what is lost. Server energy "
          "goes by the powered time of its accelerators, fans and power supply by their energy, and rent by powered "
          "time. All rows sum to `facility_energy_kwh` and `cost_usd`."};
  add_purposes(group.variables, "_j", "J",
               {"steps, for prompts", "steps, for output", "accelerators without work: waiting, parked, empty",
                "accelerators while their server boots and the model loads",
                "fans, power supply, the rest of the server, switches", "what PUE adds",
                "steps that no request has: under way at the horizon; and rounding"});
  add_purposes(
      group.variables, "_usd", "USD",
      {"money, as energy: steps, for prompts", "steps, for output", "accelerators without work", "booting and loading",
       "electricity of the host", "electricity of the facility", "steps that no request has"});
  return group;
}

FormatGroup provenance() {
  return {.path = "/provenance",
          .about = "What the run rests on.",
          .attributes = {{"title, variant, seed, idlewatt_version", "", "as at the root"},
                         {"overrides", "texts",
                          "what the variant and the command line set: `pools.chat.replicas.start=8`"}},
          .variables = {{"scenario", {}, "text", "", exact, "", "the scenario file as it was"}}};
}

FormatGroup figures() {
  return {.path = "/provenance/figures",
          .about = std::string("Every figure of the catalogue and the scenario that the run rests on. ") + kTable,
          .variables = {{"path", {}, "text", "", exact, "", "where it stands: `accelerators.l4.idle_empty`"},
                        {"value", {}, "float64", "", computed, "", "its value"},
                        {"low", {}, "float64", "", computed, "", "least that it may well be; NaN where nobody says"},
                        {"high", {}, "float64", "", computed, "", "greatest that it may well be, likewise"},
                        {"unit", {}, "text", "", exact, "", "its unit, SI"},
                        {"status", {}, "text", "", exact, "", "measured, published, derived, assumed or scenario"},
                        {"source", {}, "text", "", exact, "", "where it is from"}},
          .table = true};
}

FormatGroup bill() {
  return {.path = "/bill",
          .about =
              "The readings of the run's meters, and the tariffs that priced the run: all that `idlewatt bill` needs "
              "to price the run again, exactly. The lines of the bill itself stand in `/summary`.",
          .attributes = {{"start_unix_s", "int64", "start of the run, seconds since 1970-01-01T00:00:00Z"},
                         {"interval_ticks", "int64", "accounting interval; a tick is 10 ps"},
                         {"idle_waste_j, under_use_j, lower_bound_j, cache_j", "float64",
                          "as in `/summary`, of the whole run, before PUE, in J"}},
          .variables = {{"site", {}, "text", "", exact, "", "the scenario's `site:`, overrides carried out"}}};
}

FormatGroup bill_intervals() {
  return {.path = "/bill/intervals",
          .about = std::string("Energy at the wall by accounting interval, exact: joules and femtojoules add up. "
                               "Intervals end on whole multiples of their length since 1970 (UTC); the first and the "
                               "last may be shorter. ") +
                   kTable,
          .variables = {{"end_ticks", {}, "int64", "", exact, "", "end, since the start of the run"},
                        {"owned_j", {}, "int64", "J", exact, "", "of owned servers, with their share of the switches"},
                        {"owned_fj", {}, "int64", "fJ", exact, "", "and so many femtojoules more"},
                        {"rented_j", {}, "int64", "J", exact, "", "of all others"},
                        {"rented_fj", {}, "int64", "fJ", exact, "", "and so many femtojoules more"}},
          .table = true};
}

FormatGroup bill_servers() {
  return {.path = "/bill/servers",
          .about = std::string("Servers by type and ownership. ") + kTable,
          .variables = {{"type", {}, "text", "", exact, "", "name in the catalogue"},
                        {"rented", {}, "int8", "", exact, "", "1: rented; 0: owned"},
                        {"count", {}, "int64", "", exact, "", "how many"},
                        {"rent_usd_per_h", {}, "float64", "USD/h", computed, "", "the catalogue's price on demand"},
                        {"increment_ticks", {}, "int64", "", exact, "", "rent is billed in multiples of this"},
                        {"minimum_ticks", {}, "int64", "", exact, "", "and for at least this"}},
          .table = true};
}

FormatGroup bill_rentals() {
  return {
      .path = "/bill/rentals",
      .about = std::string("Rentals, those of equal length in one row. A fleet that rents nothing has none. ") + kTable,
      .variables = {{"servers", {}, "int64", "", exact, "", "row of `/bill/servers`"},
                    {"used_ticks", {}, "int64", "", exact, "", "from provisioning to release"},
                    {"open", {}, "int8", "", exact, "", "1 when it went on at the end of the run"},
                    {"count", {}, "int64", "", exact, "", "how many"}},
      .table = true};
}

FormatGroup bill_series() {
  return {.path = "/bill/series",
          .about =
              std::string("The series that the site uses. A site with none has no such table, nor the next. ") + kTable,
          .variables = {{"path", {}, "text", "", exact, "", "as the scenario names it"},
                        {"column", {}, "text", "", exact, "", "of the file, or what else says which of its values"},
                        {"unit", {}, "text", "", exact, "", "of the values, as the file has it"},
                        {"start_unix_s", {}, "int64", "s", exact, "", "first step kept: the run's first"},
                        {"step_s", {}, "int64", "s", exact, "", "time from one value to the next"},
                        {"values", {}, "int64", "", exact, "", "how many: the run's"}},
          .table = true};
}

FormatGroup bill_values() {
  return {.path = "/bill/values",
          .about = std::string("Their values in the time of the run, one series after the other. ") + kTable,
          .variables = {{"value", {}, "float64", "", computed, "", "in the series' unit; NaN where none is known"}},
          .table = true};
}

FormatGroup index() {
  return {
      .path = "index.h5",
      .about =
          "One per output directory: the summaries of all its runs, those of earlier calls of `idlewatt run` included, "
          "to be opened with "
          "`xr.open_dataset(\"index.h5\")`. It names the files rather than linking to them, since netCDF "
          "refuses a file with an external link whose target has gone. Root attributes: `complete`, "
          "`Conventions`, `title`, `format_version`.",
      .dimensions = {{"variant", "text", "variant of the scenario"},
                     {"measure", "text", "measure of the summary", "such as `ttft_s_p99`"}},
      .variables = {{"file", {"variant"}, "text", "", exact, "", "result file, relative to this one"},
                    {"scenario", {"variant"}, "text", "", exact, "", "the scenario's file, relative to the folder"},
                    {"label", {"measure"}, "text", "", exact, "", "what to call a measure"},
                    {"unit", {"measure"}, "text", "", exact, "", "unit of a measure"},
                    {"better", {"measure"}, "text", "", exact, "", "whether lower or higher values are better"},
                    {"seed", {"variant"}, "uint64", "", exact, "", "seed of the random streams"},
                    {"summary",
                     {"variant", "measure"},
                     "float64",
                     "",
                     computed,
                     "",
                     "measures of every run, each in its own unit"}},
      .separate = true};
}

template <class List>
const typename List::value_type& named(const List& list, std::string_view name, const std::string& where) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
  if (found == list.end()) {
    throw Error(fmt::format("the format of result files does not declare `{}` in {}", name, where));
  }
  return *found;
}

}  // namespace

const FormatVariable& FormatGroup::variable(std::string_view name) const {
  return named(variables, name, path);
}

const FormatDimension& FormatGroup::dimension(std::string_view name) const {
  return named(dimensions, name, path);
}

const std::vector<FormatGroup>& format_groups() {
  static const std::vector<FormatGroup> groups{root(),           timeseries(),   servers(),      latency(),
                                               summary(),        requests(),     attribution(),  bill(),
                                               bill_intervals(), bill_servers(), bill_rentals(), bill_series(),
                                               bill_values(),    provenance(),   figures(),      index()};
  return groups;
}

const FormatGroup& format_group(std::string_view path) {
  for (const FormatGroup& group : format_groups()) {
    if (group.path == path) {
      return group;
    }
  }
  throw Error("the format of result files has no group " + std::string(path));
}

}  // namespace idlewatt
