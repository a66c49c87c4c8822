#include "results/hdf5_recorder.hpp"

#include <fmt/core.h>
#include <optional>
#include <utility>

#include "results/attribution.hpp"
#include "results/bill_group.hpp"
#include "results/format.hpp"
#include "results/latency.hpp"
#include "results/part_file.hpp"
#include "results/provenance.hpp"
#include "results/requests.hpp"
#include "results/server_series.hpp"
#include "results/summary_group.hpp"
#include "results/timeseries.hpp"

namespace idlewatt {
namespace {

void write_root(hid_t root, const Provenance& provenance) {
  hdf5::set_attribute(root, "Conventions", "CF-1.10");
  hdf5::set_attribute(root, "title", provenance.title);
  hdf5::set_attribute(root, "variant", provenance.variant);
  hdf5::set_attribute(root, "seed", provenance.seed);
  hdf5::set_attribute(root, "idlewatt_version", provenance.version);
  hdf5::set_attribute(root, "format_version", kFormatVersion);
  hdf5::set_attribute(root, "scenario_hash", provenance.fingerprint);
}

}  // namespace

/// Members are closed in reverse order: datasets before the file.
struct Hdf5Recorder::Open {
  Open(const std::string& path, const RunLayout& layout, const Provenance& provenance)
      : file(path, hdf5::Unfinished::kept), announced(layout) {
    write_root(file.get(), provenance);
    hdf5::write_provenance(file.get(), provenance);
    series.emplace(file.get(), layout);
    if (!layout.servers.empty()) {
      servers.emplace(file.get(), layout);
    }
    if (layout.requests) {
      requests.emplace(file.get(), layout);
    }
    file.flush();
  }

  hdf5::PartFile file;
  RunLayout announced;
  std::optional<hdf5::Timeseries> series;
  std::optional<hdf5::ServerSeries> servers;
  std::optional<hdf5::Requests> requests;
};

Hdf5Recorder::Hdf5Recorder(std::string path) : path_(std::move(path)) {}

Hdf5Recorder::~Hdf5Recorder() = default;

Hdf5Recorder::Open& Hdf5Recorder::open() {
  if (!open_) {
    throw Error(fmt::format("the recorder of {} was used before begin() or after end()", path_));
  }
  return *open_;
}

void Hdf5Recorder::begin(const RunLayout& layout, const Provenance& provenance) {
  writing(path_, [&] { open_ = std::make_unique<Open>(path_, layout, provenance); });
}

void Hdf5Recorder::bin(const SeriesBin& bin) {
  Open& now = open();
  writing(path_, [&] {
    const bool series_full = now.series->add(bin);
    const bool servers_full = now.servers && now.servers->add(bin);
    if (series_full || servers_full) {
      now.file.flush();
    }
  });
}

void Hdf5Recorder::request(const RequestRecord& record) {
  Open& now = open();
  writing(path_, [&] {
    if (now.requests && now.requests->add(record)) {
      now.file.flush();
    }
  });
}

void Hdf5Recorder::latencies(const std::vector<LatencyHistogram>& histograms) {
  Open& now = open();
  writing(path_, [&] { hdf5::write_latencies(now.file.get(), histograms); });
}

void Hdf5Recorder::attribution(const std::vector<Attribution>& parts, const std::string& currency) {
  Open& now = open();
  writing(path_, [&] { hdf5::write_attribution(now.file.get(), now.announced, parts, currency); });
}

void Hdf5Recorder::metered(const Meter& meter, const Tariff& tariff, const std::string& site) {
  Open& now = open();
  writing(path_, [&] { hdf5::write_bill(now.file.get(), meter, tariff, site); });
}

void Hdf5Recorder::end(const Summary& summary) {
  Open& now = open();
  writing(path_, [&] {
    now.series->write();
    if (now.servers) {
      now.servers->finish();
    }
    if (now.requests) {
      now.requests->write();
    }
    hdf5::write_summary(now.file.get(), summary);
    now.series.reset();
    now.servers.reset();
    now.requests.reset();
    now.file.publish();
  });
  open_.reset();
}

}  // namespace idlewatt
