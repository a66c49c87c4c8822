#include "cli/bill/by.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "cli/bill/answer.hpp"
#include "cli/text/text.hpp"

namespace idlewatt {

namespace {

constexpr double kJoulesPerKwh = 3.6e6;
const char* const kNobody = "nobody";

/// One pool, tenant or model. What is nobody's is one, too.
struct Share {
  std::string name;
  std::int64_t served = 0;
  Purposes energy_j;
  Purposes cost_usd;
};

const char* to_string(BillBy by) {
  return by == BillBy::pool ? "pool" : by == BillBy::tenant ? "tenant" : "model";
}

std::string name_of(const AttributedRun& run, BillBy by, const Attribution& part) {
  if (by == BillBy::tenant) {
    return part.tenant ? std::to_string(*part.tenant) : kNobody;
  }
  if (!part.pool) {
    return kNobody;
  }
  return by == BillBy::pool ? run.pools[*part.pool] : run.models[*part.pool];
}

/// Pools and models in the scenario's order, tenants by number; what is nobody's comes last.
std::vector<Share> shares(const AttributedRun& run, BillBy by) {
  std::vector<Attribution> parts = run.parts;
  std::stable_sort(parts.begin(), parts.end(), [by](const Attribution& left, const Attribution& right) {
    const auto key = [by](const Attribution& part) {
      const bool nobodys = by == BillBy::tenant ? !part.tenant : !part.pool;
      return std::pair(nobodys, by == BillBy::tenant ? part.tenant.value_or(0) : part.pool.value_or(PoolId()).value());
    };
    return key(left) < key(right);
  });
  std::vector<Share> all;
  for (const Attribution& part : parts) {
    const std::string name = name_of(run, by, part);
    auto found = std::find_if(all.begin(), all.end(), [&](const Share& share) { return share.name == name; });
    if (found == all.end()) {
      found = all.insert(all.end(), {.name = name, .served = 0, .energy_j = {}, .cost_usd = {}});
    }
    found->served += part.served;
    found->energy_j += part.energy_j;
    found->cost_usd += part.cost_usd;
  }
  return all;
}

/// All of them together.
Share sum(const std::vector<Share>& all) {
  Share total{.name = "total", .served = 0, .energy_j = {}, .cost_usd = {}};
  for (const Share& share : all) {
    total.served += share.served;
    total.energy_j += share.energy_j;
    total.cost_usd += share.cost_usd;
  }
  return total;
}

std::vector<std::string> row(const Share& share, const Share& total) {
  const auto kwh = [&](std::initializer_list<Purpose> purposes) {
    double energy_j = 0.0;
    for (const Purpose purpose : purposes) {
      energy_j += share.energy_j[purpose];
    }
    return amount_text(energy_j / kJoulesPerKwh);
  };
  const auto served = static_cast<double>(share.served);
  const double cost_usd = share.cost_usd.total();
  return {share.name,
          std::to_string(share.served),
          kwh({Purpose::prefill, Purpose::decode}),
          kwh({Purpose::idle}),
          kwh({Purpose::startup}),
          kwh({Purpose::host, Purpose::facility, Purpose::lost}),
          amount_text(share.energy_j.total() / kJoulesPerKwh),
          share_text(share.energy_j.total() / total.energy_j.total()),
          amount_text(cost_usd),
          share_text(cost_usd / total.cost_usd.total()),
          share.served > 0 ? amount_text(cost_usd / served) : "-"};
}

}  // namespace

BillBy bill_by(const std::string& word) {
  for (const BillBy by : {BillBy::pool, BillBy::tenant, BillBy::model}) {
    if (word == to_string(by)) {
      return by;
    }
  }
  throw InputError("--by: `" + word + "` is no way to share a bill; expected `pool`, `tenant` or `model`" +
                   suggestion(word, {"pool", "tenant", "model"}));
}

std::string bill_by_text(const AttributedRun& run, BillBy by, const TextStyle& style) {
  const std::vector<Share> all = shares(run, by);
  const Share total = sum(all);
  std::vector<std::vector<std::string>> rows{{to_string(by), "requests", "steps", "idle", "start-up", "host, building",
                                              "kWh", "of kWh", run.currency, "of " + run.currency,
                                              run.currency + " a request"}};
  for (const Share& share : all) {
    rows.push_back(row(share, total));
  }
  rows.push_back(row(total, total));
  return bold(run.title, style) + (run.variant.empty() ? "" : ": " + run.variant) + "\n" + in_columns(rows) +
         paragraph(
             "Idle, start-up, host and building energy of a pool fall to its requests by the energy of their steps. "
             "Nobody's is what no pool holds, and all of a pool that computed nothing.",
             style.width);
}

std::string bill_by_json(const AttributedRun& run, BillBy by) {
  nlohmann::ordered_json json;
  json["title"] = run.title;
  json["variant"] = run.variant;
  json["by"] = to_string(by);
  json["currency"] = run.currency;
  json["shares"] = nlohmann::ordered_json::array();
  for (const Share& share : shares(run, by)) {
    nlohmann::ordered_json energy_j;
    nlohmann::ordered_json cost_usd;
    for (const Purpose purpose : kEveryPurpose) {
      energy_j[to_string(purpose)] = share.energy_j[purpose];
      cost_usd[to_string(purpose)] = share.cost_usd[purpose];
    }
    json["shares"].push_back({{"name", share.name},
                              {"requests", share.served},
                              {"energy_j", energy_j},
                              {in_currency("cost_usd", run.currency), cost_usd}});
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string bill_by_csv(const AttributedRun& run, BillBy by) {
  std::string out = std::string(to_string(by)) + ",requests";
  for (const char* suffix : {"_j", "_usd"}) {
    for (const Purpose purpose : kEveryPurpose) {
      out += std::string(",") + to_string(purpose) + in_currency(suffix, run.currency);
    }
  }
  out += "\n";
  for (const Share& share : shares(run, by)) {
    out += share.name + "," + std::to_string(share.served);
    for (const Purposes* amounts : {&share.energy_j, &share.cost_usd}) {
      for (const double amount : amounts->amounts) {
        out += "," + number_text(amount);
      }
    }
    out += "\n";
  }
  return out;
}

}  // namespace idlewatt
