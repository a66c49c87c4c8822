#include "cli/results/recover.hpp"

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "cli/text/readable.hpp"
#include "cli/text/text.hpp"
#include "results/partial_run.hpp"

namespace idlewatt {

namespace {

std::string recovered_json(const PartialRun& run) {
  nlohmann::ordered_json json;
  json["title"] = run.title;
  json["variant"] = run.variant;
  json["seed"] = run.seed;
  json["complete"] = run.complete;
  json["bins"] = run.bins;
  json["simulated_s"] = run.simulated_s;
  json["arrivals"] = run.arrivals;
  json["completions"] = run.completions;
  json["rejections"] = run.rejections;
  json["timeouts"] = run.timeouts;
  json["prompt_tokens"] = run.prompt_tokens;
  json["output_tokens"] = run.output_tokens;
  json["accelerator_kwh"] = run.accelerator_kwh;
  json["rack_kwh"] = run.rack_kwh ? nlohmann::ordered_json(*run.rack_kwh) : nullptr;
  json["requests"] = run.requests;
  json["ttft_s_p50"] = run.ttft_p50_s ? nlohmann::ordered_json(*run.ttft_p50_s) : nullptr;
  json["ttft_s_p99"] = run.ttft_p99_s ? nlohmann::ordered_json(*run.ttft_p99_s) : nullptr;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string kwh(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g kWh", value);
  return text;
}

std::string recovered_text(const PartialRun& run) {
  std::string text = run.title + (run.variant.empty() ? "" : ", variant `" + run.variant + "`") + ", seed " +
                     std::to_string(run.seed) + "\n";
  if (run.complete) {
    text += "The run ended: all of it is here.\n";
  }
  if (run.bins == 0 && run.requests == 0) {
    return text + "Nothing is whole: the run was stopped before the first chunk of bins was full.\n";
  }
  text += counted(run.bins, "bin", "bins") + " of the time series are whole, " + duration(run.simulated_s) +
          " of simulated time. In them:\n";
  text += "  " + counted(run.arrivals, "arrival", "arrivals") + ", " +
          counted(run.completions, "completion", "completions") + ", " +
          counted(run.rejections, "rejection", "rejections") + ", " + counted(run.timeouts, "timeout", "timeouts") +
          "\n";
  text += "  " + counted(run.prompt_tokens, "prompt token", "prompt tokens") + " computed, " +
          counted(run.output_tokens, "output token", "output tokens") + " generated\n";
  text += "  " + kwh(run.accelerator_kwh) + " of accelerators" +
          (run.rack_kwh ? ", " + kwh(*run.rack_kwh) + " of racks" : "") + ", before PUE\n";
  if (run.requests > 0) {
    text += counted(run.requests, "request is", "requests are") + " whole";
    if (run.ttft_p50_s && run.ttft_p99_s) {
      text += ": TTFT p50 " + readable(*run.ttft_p50_s, Dimension::time) + ", p99 " +
              readable(*run.ttft_p99_s, Dimension::time) + " of those that were served";
    }
    text += "\n";
  }
  return text;
}

/// In a process of its own, for the file may have no checksum: whatever the HDF5 library makes of it ends there.
ExitStatus execute(const CommandLine& line) {
  constexpr rlim_t longest_s = 20;  // of processor time
  const std::string path = line.positional();
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) {
    throw Error("cannot start a process");
  }
  if (child == 0) {
    const rlimit limit{longest_s, longest_s};
    ::setrlimit(RLIMIT_CPU, &limit);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ExitStatus status = ExitStatus::ok;
    try {
      const PartialRun run = read_partial_run(path);
      std::cout << (line.has("json") ? recovered_json(run) : recovered_text(run));
      status = std::cout.flush() ? ExitStatus::ok : ExitStatus::cannot_write;
    } catch (const std::exception& error) {
      std::cerr << error.what() << "\n";
      status = ExitStatus::bad_input;
    }
    ::_exit(static_cast<int>(status));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) {
    return static_cast<ExitStatus>(WEXITSTATUS(status));
  }
  throw InputError(path + ": is damaged: reading it did not end well");
}

}  // namespace

Command recover_command() {
  return {{.name = "recover",
           .summary = "Show what is whole in the result of a run that was interrupted or killed.",
           .positional = "RUN.h5.part",
           .options = {{.name = "json", .help = "print JSON, and nothing else"}},
           .example = "idlewatt recover out/quickstart/a100-static.h5.part"},
          execute};
}

}  // namespace idlewatt
