// A made-up run for tests of the file format: every number from a small generator, totals kept exactly.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/recorder.hpp"

namespace idlewatt::sample {

/// What to make up.
struct Shape {
  std::int64_t bins = 600;
  double bin_s = 60.0;
  std::int32_t racks = 2;
  std::int32_t servers_per_rack = 2;
  std::int64_t requests = 10'000;
  bool with_requests = true;
};

inline RunLayout layout(const Shape& shape) {
  RunLayout layout;
  layout.sample_every = to_ticks(shape.bin_s);
  layout.horizon = layout.sample_every * shape.bins;
  layout.start_unix_s = 1'709'251'200;  // 2024-03-01T00:00:00Z
  layout.pools = {"chat", "code", "unassigned"};
  for (std::int32_t rack = 0; rack < shape.racks; ++rack) {
    layout.racks.add("rack" + std::to_string(rack));
    for (std::int32_t server = 0; server < shape.servers_per_rack; ++server) {
      layout.servers.add("rack" + std::to_string(rack) + "/l4-8/" + std::to_string(server));
      layout.rack_of_server.add(RackId(rack));
    }
  }
  layout.requests = shape.with_requests;
  return layout;
}

inline Provenance provenance() {
  Provenance provenance;
  provenance.title = "A made-up day of chat, \xC3\xA0 la carte";
  provenance.variant = "l4 hpa";
  provenance.seed = 18'446'744'073'709'551'615U;
  provenance.version = "0.1.0";
  provenance.scenario_text = "title: A made-up day of chat\nseed: 1\n";
  provenance.overrides = {"pools.chat.replicas.start=8", "seed=18446744073709551615"};
  provenance.figures = {
      {"accelerators.l4.idle_empty", 16.5, "W", "measured", "https://example.org/l4, table 2", 15.0, 18.0},
      {"site.pue", 1.5, "1", "scenario", "quickstart.yaml:6"},
  };
  return provenance;
}

/// Numbers that are neither constant nor random to the last bit, as a simulator's are.
class Made {
 public:
  std::int64_t below(std::int64_t limit) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<std::int64_t>((state_ >> 33U) % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t state_ = 1;
};

inline SeriesBin bin(const RunLayout& layout, std::int64_t index, Made& made) {
  SeriesBin bin;
  bin.from = layout.sample_every * index;
  bin.to = bin.from + layout.sample_every;
  bin.pools.resize(layout.pools.size());
  for (PoolBin& pool : bin.pools) {
    const Ticks busy = made.below(layout.sample_every);
    pool.accelerators.charge(AcceleratorState::decode, busy, Power::from_w(71.3) * busy);
    pool.accelerators.charge(AcceleratorState::idle_loaded, layout.sample_every - busy,
                             Power::from_w(33.1) * (layout.sample_every - busy));
    pool.replicas[ReplicaActivity::busy] = static_cast<std::int32_t>(made.below(8));
    pool.queue_length = made.below(100);
    pool.running_sequences = made.below(64);
    pool.arrivals = made.below(50);
    pool.completions = made.below(50);
    pool.rejections = made.below(3);
    pool.prompt_tokens = made.below(100'000);
    pool.output_tokens = made.below(20'000);
  }
  bin.racks.resize(layout.racks.size());
  bin.racks_idle_j.resize(layout.racks.size());
  for (const ServerId server : layout.servers.ids()) {
    const Energy energy = Power::from_w(100.0 + static_cast<double>(made.below(400))) * layout.sample_every;
    bin.servers.add(energy);
    bin.servers_idle_j.add(energy.j() * 0.01 * static_cast<double>(made.below(100)));
    bin.racks_idle_j[layout.rack_of_server[server]] += bin.servers_idle_j.back();
    bin.racks[layout.rack_of_server[server]] += energy;
  }
  for (Energy& rack : bin.racks) {
    rack += Power::from_w(150.0) * layout.sample_every;
  }
  return bin;
}

inline RequestRecord request(const RunLayout& layout, std::int64_t id, std::int64_t of, Made& made) {
  RequestRecord record;
  record.id = id;
  record.stream = StreamId(id % 2);
  record.arrival = layout.horizon / (of + 1) * id;
  record.prompt_tokens = static_cast<std::int32_t>(1 + made.below(4000));
  if (id % 10 == 7) {
    record.outcome = Outcome::rejected;
    return record;
  }
  record.pool = PoolId(id % 2);
  record.replica = ReplicaId(made.below(8));
  record.output_tokens = static_cast<std::int32_t>(2 + made.below(500));
  record.admitted = record.arrival + made.below(kTicksPerSecond);
  record.first_token = record.admitted + made.below(kTicksPerSecond);
  record.worst_gap = 1 + made.below(kTicksPerSecond / 4);
  record.end = record.first_token + record.worst_gap * 3;
  record.energy_j = 1.25 * record.output_tokens;
  record.prefill_energy_j = 0.25 * record.output_tokens;
  return record;
}

/// 5, 0 and 7 requests in three bins of a power of two; 3 in the last bin.
inline std::vector<LatencyHistogram> latencies() {
  constexpr Ticks step = Ticks{1} << 30;  // 10.7 ms
  return {{"ttft", "time to first token", {{16 * step, 17 * step, 5}, {18 * step, 19 * step, 7}}},
          {"tpot", "time per output token", {{17 * step, 18 * step, 3}}}};
}

/// Two tenants of the first pool, and what no pool held.
inline std::vector<Attribution> attribution() {
  Attribution first;
  first.pool = PoolId(0);
  first.tenant = 3;
  first.served = 12;
  first.energy_j.amounts = {{1, 2, 3, 4, 5, 6, 0}};
  first.cost_usd.amounts = {{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0}};
  Attribution second;
  second.pool = PoolId(0);
  second.tenant = 4;
  second.served = 1;
  second.energy_j[Purpose::decode] = 7;
  Attribution nobody;
  nobody.energy_j[Purpose::lost] = 0.5;
  return {first, second, nobody};
}

/// Plays the run; returns the summary that it was ended with, whose totals are those of the bins.
inline Summary play(Recorder& recorder, const Shape& shape, bool finish = true) {
  const RunLayout plan = layout(shape);
  recorder.begin(plan, provenance());
  Made made;
  AcceleratorTotals accelerators;
  Energy racks;
  Summary summary;
  std::int64_t told = 0;
  for (std::int64_t index = 0; index < shape.bins; ++index) {
    const SeriesBin now = bin(plan, index, made);
    for (const PoolBin& pool : now.pools) {
      accelerators += pool.accelerators;
      summary.requests_in += static_cast<double>(pool.arrivals);
      summary.requests_served += static_cast<double>(pool.completions);
      summary.requests_rejected += static_cast<double>(pool.rejections);
      summary.prompt_tokens += static_cast<double>(pool.prompt_tokens);
      summary.output_tokens += static_cast<double>(pool.output_tokens);
    }
    for (const Energy rack : now.racks) {
      racks += rack;
    }
    if (shape.with_requests) {
      for (; told < shape.requests * (index + 1) / shape.bins; ++told) {
        recorder.request(request(plan, told, shape.requests, made));
      }
    }
    recorder.bin(now);
  }
  summary.horizon_s = to_seconds(plan.horizon);
  summary.accelerator_energy_kwh = accelerators.total_energy().kwh();
  summary.accelerator_hours = static_cast<double>(accelerators.total_ticks()) * 1e-11 / 3600.0;
  summary.it_energy_kwh = racks.kwh();
  summary.ttft_s = {0.5, 0.9, 0.99};
  if (finish) {
    recorder.latencies(latencies());
    recorder.attribution(attribution(), "USD");
    recorder.end(summary);
  }
  return summary;
}

}  // namespace idlewatt::sample
