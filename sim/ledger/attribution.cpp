#include "ledger/attribution.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace idlewatt {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;

double ratio_or_zero(double part, double whole) {
  return whole > 0.0 ? part / whole : 0.0;
}

/// Of one owner's accelerators. Busy amounts are split into prefill, decode and lost when all are known.
struct Use {
  double busy = 0.0;
  double idle = 0.0;
  double startup = 0.0;
  double host = 0.0;

  void add(AcceleratorState state, double amount) {
    switch (state) {
      case AcceleratorState::prefill:
      case AcceleratorState::decode:
      case AcceleratorState::mixed:
        busy += amount;
        break;
      case AcceleratorState::booting:
      case AcceleratorState::loading:
        startup += amount;
        break;
      case AcceleratorState::off:
      case AcceleratorState::idle_empty:
      case AcceleratorState::idle_loaded:
      case AcceleratorState::parked:
      case AcceleratorState::failed:
        idle += amount;
        break;
    }
  }
  Use& operator+=(const Use& other) {
    busy += other.busy;
    idle += other.idle;
    startup += other.startup;
    host += other.host;
    return *this;
  }
};

struct OwnerUse {
  Use energy_j;        ///< at the wall, of all servers
  Use owned_energy_j;  ///< of it, that of owned servers
  Use machine_usd;     ///< rent and capital cost
  double powered_ticks_in_rack = 0.0;
};

double powered_ticks(const AcceleratorTotals& totals) {
  double ticks = 0.0;
  for (const AcceleratorState state : kEveryAcceleratorState) {
    ticks += is_busy(state) || is_idle_waste(state) ? static_cast<double>(totals.ticks[state]) : 0.0;
  }
  return ticks;
}

/// All that one run spent, by owner: each pool, or nobody.
class Owners {
 public:
  explicit Owners(const Books& books) : pools_(books.pools.size()) {
    for (const RackBook& rack : books.racks) {
      add(rack);
      for (const ServerBook& server : rack.servers) {
        servers_ += 1.0;
        owned_servers_ += server.rented ? 0.0 : 1.0;
      }
    }
    if (books.cache) {
      const double idle_j = idle_energy(*books.cache, books.horizon).j();
      const double owned = ratio_or_zero(owned_servers_, servers_);
      OwnerUse& nobody = nobody_;
      nobody.energy_j.idle += idle_j;
      nobody.energy_j.host += books.cache->energy.j() - idle_j;
      nobody.owned_energy_j.idle += idle_j * owned;
      nobody.owned_energy_j.host += (books.cache->energy.j() - idle_j) * owned;
    }
  }

  const OwnerUse& pool(PoolId id) const { return pools_[id]; }
  const OwnerUse& nobody() const { return nobody_; }

 private:
  OwnerUse& of(std::optional<PoolId> pool) { return pool ? pools_[*pool] : nobody_; }

  void add(const RackBook& rack) {
    for (OwnerUse& owner : pools_) {
      owner.powered_ticks_in_rack = 0.0;
    }
    nobody_.powered_ticks_in_rack = 0.0;
    double powered = 0.0;
    double owned_servers = 0.0;
    for (const ServerBook& server : rack.servers) {
      powered += add(server);
      owned_servers += server.rented ? 0.0 : 1.0;
    }
    const double owned = ratio_or_zero(owned_servers, static_cast<double>(rack.servers.size()));
    const auto add_switches = [&](OwnerUse& owner, double share) {
      const double switches_j = rack.switches.j() * share;
      owner.energy_j.host += switches_j;
      owner.owned_energy_j.host += switches_j * owned;
    };
    for (OwnerUse& owner : pools_) {
      add_switches(owner, ratio_or_zero(owner.powered_ticks_in_rack, powered));
    }
    add_switches(nobody_, powered == 0.0 ? 1.0 : ratio_or_zero(nobody_.powered_ticks_in_rack, powered));
  }

  /// Returns the powered time of its accelerators.
  double add(const ServerBook& server) {
    double powered = 0.0;
    double accelerators_j = 0.0;
    for (const OwnerTotals& owner : server.owners) {
      powered += powered_ticks(owner.accelerators);
      accelerators_j += owner.accelerators.total_energy().j();
    }
    for (const OwnerTotals& owner : server.owners) {
      OwnerUse& use = of(owner.pool);
      const double its_powered = powered_ticks(owner.accelerators);
      use.powered_ticks_in_rack += its_powered;
      Use energy_j;
      for (const AcceleratorState state : kEveryAcceleratorState) {
        energy_j.add(state, owner.accelerators.energy[state].j());
        if (powered > 0.0 && (is_busy(state) || is_idle_waste(state))) {
          use.machine_usd.add(state,
                              server.machine_usd * static_cast<double>(owner.accelerators.ticks[state]) / powered);
        }
      }
      energy_j.host = server.overhead.j() * ratio_or_zero(owner.accelerators.total_energy().j(), accelerators_j) +
                      server.base.total_energy().j() * ratio_or_zero(its_powered, powered);
      add_energy(use, energy_j, server.rented);
    }
    Use left;
    left.host =
        (powered > 0.0 ? 0.0 : server.base.total_energy().j()) + (accelerators_j > 0.0 ? 0.0 : server.overhead.j());
    add_energy(nobody_, left, server.rented);
    nobody_.machine_usd.idle += powered > 0.0 ? 0.0 : server.machine_usd;
    return powered;
  }

  static void add_energy(OwnerUse& use, const Use& energy_j, bool rented) {
    use.energy_j += energy_j;
    if (!rented) {
      use.owned_energy_j += energy_j;
    }
  }

  IndexedVector<PoolId, OwnerUse> pools_;
  OwnerUse nobody_;
  double servers_ = 0.0;
  double owned_servers_ = 0.0;
};

/// How a pool's steps are divided.
struct StepShares {
  double prefill_j = 0.0;
  double decode_j = 0.0;
  double busy_j = 0.0;

  double of_requests() const { return prefill_j + decode_j; }
};

StepShares shares_of(const PoolBook& pool) {
  StepShares shares{.prefill_j = 0.0, .decode_j = 0.0, .busy_j = pool.busy_energy.j()};
  for (const TenantShare& tenant : pool.tenants) {
    shares.prefill_j += tenant.prefill.j();
    shares.decode_j += tenant.decode.j();
  }
  return shares;
}

Purposes by_purpose(const Use& use, const StepShares& shares) {
  Purposes result;
  result[Purpose::prefill] = use.busy * ratio_or_zero(shares.prefill_j, shares.busy_j);
  result[Purpose::decode] = use.busy * ratio_or_zero(shares.decode_j, shares.busy_j);
  result[Purpose::lost] = use.busy - result[Purpose::prefill] - result[Purpose::decode];
  result[Purpose::idle] = use.idle;
  result[Purpose::startup] = use.startup;
  result[Purpose::host] = use.host;
  return result;
}

/// What comes on top of energy at the wall, in the same proportion for all of it.
Purposes at_facility(Purposes wall, double pue) {
  wall[Purpose::facility] = wall.total() * (pue - 1.0);
  return wall;
}

/// The part that falls to one tenant.
Purposes part_of(const Purposes& whole, double of_prefill, double of_decode, double of_rest) {
  Purposes part = whole * of_rest;
  part[Purpose::prefill] = whole[Purpose::prefill] * of_prefill;
  part[Purpose::decode] = whole[Purpose::decode] * of_decode;
  part[Purpose::lost] = 0.0;
  return part;
}

}  // namespace

double Purposes::total() const {
  double sum = 0.0;
  for (const double amount : amounts) {
    sum += amount;
  }
  return sum;
}

Purposes& Purposes::operator+=(const Purposes& other) {
  for (const Purpose purpose : kEveryPurpose) {
    amounts[purpose] += other[purpose];
  }
  return *this;
}

Purposes Purposes::operator*(double factor) const {
  Purposes result = *this;
  for (double& amount : result.amounts) {
    amount *= factor;
  }
  return result;
}

UnitPrices unit_prices(const Meter& meter, const Bill& bill) {
  const double for_owned_usd = bill.usd("electricity") + bill.usd("demand") + bill.usd("plant") + bill.usd("surplus");
  const double for_all_usd = bill.usd("certificates") + bill.usd("carbon_tax");
  const double owned_kwh = meter.owned_energy().kwh() * bill.pue;
  return {.pue = bill.it_kwh > 0.0 ? bill.pue : 1.0,
          .owned_usd_per_kwh = ratio_or_zero(for_owned_usd, owned_kwh),
          .all_usd_per_kwh = ratio_or_zero(for_all_usd, bill.facility_kwh),
          .stranded_usd = owned_kwh > 0.0 ? 0.0 : for_owned_usd};
}

std::vector<Attribution> attribute(const Books& books, const UnitPrices& prices) {
  const Owners owners(books);
  const auto energy_of = [&prices](const Use& use, const StepShares& shares) {
    return at_facility(by_purpose(use, shares), prices.pue);
  };
  const auto cost_of = [&](const OwnerUse& use, const StepShares& shares) {
    Purposes cost = energy_of(use.owned_energy_j, shares) * (prices.owned_usd_per_kwh / kJoulesPerKwh);
    cost += energy_of(use.energy_j, shares) * (prices.all_usd_per_kwh / kJoulesPerKwh);
    return cost += by_purpose(use.machine_usd, shares);
  };
  std::vector<Attribution> result;
  const auto add_nobodys = [&result](std::optional<PoolId> pool, const Purposes& energy_j, const Purposes& cost_usd) {
    if (energy_j.total() > 0.0 || cost_usd.total() != 0.0) {
      result.push_back({.pool = pool, .energy_j = energy_j, .cost_usd = cost_usd});
    }
  };
  for (const PoolId id : books.pools.ids()) {
    const PoolBook& pool = books.pools[id];
    const StepShares shares = shares_of(pool);
    const Purposes energy_j = energy_of(owners.pool(id).energy_j, shares);
    const Purposes cost_usd = cost_of(owners.pool(id), shares);
    if (shares.of_requests() <= 0.0) {
      add_nobodys(id, energy_j, cost_usd);
      continue;
    }
    for (const TenantShare& tenant : pool.tenants) {
      const double of_prefill = ratio_or_zero(tenant.prefill.j(), shares.prefill_j);
      const double of_decode = ratio_or_zero(tenant.decode.j(), shares.decode_j);
      const double of_rest = (tenant.prefill.j() + tenant.decode.j()) / shares.of_requests();
      result.push_back({.pool = id,
                        .tenant = tenant.tenant,
                        .served = tenant.served,
                        .energy_j = part_of(energy_j, of_prefill, of_decode, of_rest),
                        .cost_usd = part_of(cost_usd, of_prefill, of_decode, of_rest)});
    }
    Purposes lost_j;
    Purposes lost_usd;
    lost_j[Purpose::lost] = energy_j[Purpose::lost];
    lost_usd[Purpose::lost] = cost_usd[Purpose::lost];
    add_nobodys(id, lost_j, lost_usd);
  }
  const Purposes nobodys_j = energy_of(owners.nobody().energy_j, {});
  Purposes nobodys_usd = cost_of(owners.nobody(), {});
  nobodys_usd[Purpose::idle] += prices.stranded_usd;
  add_nobodys(std::nullopt, nobodys_j, nobodys_usd);
  return result;
}

void audit(const std::vector<Attribution>& parts, const Summary& summary) {
  double energy_j = 0.0;
  double cost_usd = 0.0;
  for (const Attribution& part : parts) {
    energy_j += part.energy_j.total();
    cost_usd += part.cost_usd.total();
  }
  double gross_usd = 0.0;
  for (const Measure& measure : measures()) {
    gross_usd += measure.bill_line ? std::abs(measure.get(summary)) : 0.0;
  }
  const double facility_j = summary.facility_energy_kwh * kJoulesPerKwh;
  if (!(std::abs(energy_j - facility_j) <= 1e-9 * facility_j) ||
      !(std::abs(cost_usd - summary.cost_usd) <= 1e-9 * gross_usd)) {
    throw ConservationError(
        "the parts of the bill do not sum to the bill (a bug in idlewatt; please report the scenario)");
  }
}

}  // namespace idlewatt
