#include "cli/options/simgrid_options.hpp"

#include <atomic>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "cli/text/text.hpp"
#include "run/simulation.hpp"
#include "sweep/worker_pool.hpp"

namespace idlewatt {

namespace {

RunResult rehearse(const std::vector<std::string>& options, const Scenario& scenario) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
  }
  const std::atomic<bool> stop{true};
  RunOptions run_options;
  run_options.stop = &stop;
  run_options.simgrid_arguments = options;
  return run(scenario, run_options);
}

}  // namespace

void check_simgrid_options(const std::vector<std::string>& options, const Scenario& scenario) {
  if (options.empty()) {
    return;
  }
  for (const std::string& option : options) {
    if (!option.starts_with("--cfg=") && !option.starts_with("--log=")) {
      throw InputError("idlewatt run: after `--` come SimGrid's --cfg=KEY:VALUE and --log=SETTING, but got `" + option +
                       "`");
    }
  }
  const Job rehearsal = [&](const auto&) { return rehearse(options, scenario); };
  const JobReport report = run_jobs({rehearsal}, 1, [](const auto&) {}).front();
  if (report.state != JobReport::State::failed) {
    return;
  }
  if (report.status == ExitStatus::bad_input) {
    throw InputError(report.message);
  }
  const std::string reason = report.message.substr(0, report.message.find('\n'));
  throw InputError("idlewatt run: SimGrid does not take `" + listed(options, "` and `") + "`: " + reason);
}

}  // namespace idlewatt
