#include "sweep/recorded_run.hpp"

#include "results/hdf5_recorder.hpp"
#include "scenario/provenance.hpp"
#include "sweep/stop_signal.hpp"

namespace idlewatt {

RunResult run_recorded(const Scenario& scenario, const std::string& path, const RunSetting& setting,
                       const std::function<void(const Progress&)>& report) {
  Hdf5Recorder recorder(path);
  RunOptions options;
  if (!path.empty()) {
    options.recorder = &recorder;
    options.figures = figures_used(scenario);
  }
  options.version = setting.version;
  options.progress = report;
  options.stop = &stop_requested();
  options.engine_ready = accept_stop_signals;
  options.simgrid_arguments = setting.simgrid_arguments;
  return run(scenario, options);
}

}  // namespace idlewatt
