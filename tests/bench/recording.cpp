#include "bench/recording.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

#include "bench/measured_child.hpp"
#include "results/hdf5_recorder.hpp"
#include "run/simulation.hpp"

namespace idlewatt {
namespace {

class Keeper final : public Recorder {
 public:
  void begin(const RunLayout& layout, const Provenance& provenance) override {
    layout_ = layout;
    provenance_ = provenance;
  }
  void bin(const SeriesBin& bin) override { bins_.push_back(bin); }
  void request(const RequestRecord&) override {}
  void latencies(const std::vector<LatencyHistogram>& histograms) override { histograms_ = histograms; }
  void end(const Summary& summary) override { summary_ = summary; }

  /// Writes what was kept, again and again.
  void write(const std::string& path, std::int64_t bins) const {
    RunLayout layout = layout_;
    layout.horizon = layout.sample_every * bins;
    Hdf5Recorder recorder(path);
    recorder.begin(layout, provenance_);
    SeriesBin shown;
    for (std::int64_t i = 0; i < bins; ++i) {
      shown = bins_[static_cast<std::size_t>(i) % bins_.size()];
      shown.from = layout.sample_every * i;
      shown.to = layout.sample_every * (i + 1);
      recorder.bin(shown);
    }
    recorder.latencies(histograms_);
    recorder.end(summary_);
  }

 private:
  RunLayout layout_;
  Provenance provenance_;
  std::vector<SeriesBin> bins_;
  std::vector<LatencyHistogram> histograms_;
  Summary summary_;
};

}  // namespace

Recording measure_recording(const std::string& folder, const Scenario& scenario, std::int64_t bins) {
  const std::string path = folder + "/recording.h5";
  const Tally tally = measure([&] {
                        Keeper keeper;
                        RunOptions options;
                        options.recorder = &keeper;
                        run(scenario, options);
                        const double start_s = cpu_now_s();
                        const auto start = std::chrono::steady_clock::now();
                        keeper.write(path, bins);
                        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
                        return Tally{.cpu_s = cpu_now_s() - start_s, .wall_s = wall.count()};
                      }).tally;
  return {.wall_s = tally.wall_s,
          .cpu_s = tally.cpu_s,
          .megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6};
}

}  // namespace idlewatt
