#include "results/server_series.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "results/si.hpp"

namespace idlewatt::hdf5 {
namespace {

constexpr Ticks kMostBins = 1440;

/// The smallest multiple of the run's bins of which there are at most kMostBins.
Ticks bin_length(const RunLayout& layout) {
  const Ticks every = std::max<Ticks>(layout.sample_every, 1);
  const Ticks bins = (layout.horizon + every - 1) / every;
  return every * std::max<Ticks>((bins + kMostBins - 1) / kMostBins, 1);
}

}  // namespace

ServerSeries::ServerSeries(hid_t parent, const RunLayout& layout)
    : length_(bin_length(layout)),
      energy_(layout.servers.size()),
      idle_j_(layout.servers.size(), 0.0),
      group_(parent, "/servers", layout.start_unix_s,
             rows_per_chunk(static_cast<std::uint64_t>(layout.horizon / length_), 2 * layout.servers.size())) {
  group_.add_labels("server", layout.servers.values());
  power_ = group_.variable<double>("power_w");
  idle_power_ = group_.variable<double>("idle_power_w");
}

bool ServerSeries::add(const SeriesBin& bin) {
  if (bin.servers.size() != energy_.size() || bin.servers_idle_j.size() != energy_.size()) {
    throw Error("a bin of the time series does not fit the layout that was announced");
  }
  for (const ServerId server : bin.servers.ids()) {
    energy_[server] += bin.servers[server];
    idle_j_[server] += bin.servers_idle_j[server];
  }
  to_ = bin.to;
  return to_ - from_ >= length_ && close();
}

bool ServerSeries::close() {
  const Ticks duration = to_ - from_;
  for (Energy& energy : energy_) {
    power_.push(mean_watts(energy, duration));
    energy = {};
  }
  for (double& joules : idle_j_) {
    idle_power_.push(duration > 0 ? joules / seconds(duration) : 0.0);
    joules = 0.0;
  }
  const bool full = group_.add_bin(from_, to_);
  from_ = to_;
  if (full) {
    write();
  }
  return full;
}

void ServerSeries::finish() {
  if (to_ > from_) {
    close();
  }
  write();
}

void ServerSeries::write() {
  group_.write(power_, idle_power_);
}

}  // namespace idlewatt::hdf5
