#include "cli/files/new_scenario_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.hpp"
#include "base/whole_file.hpp"
#include "cli/options/scratch_folder.hpp"
#include "scenario/yaml/problems.hpp"

namespace idlewatt {
namespace {

namespace fs = std::filesystem;

/// The same answers with the path of a config.json as seen from a folder.
Answers seen_from(Answers answers, const std::function<fs::path(const fs::path&)>& path) {
  std::string& model = answers.at("model");
  model = model.ends_with(".json") ? path(model).string() : model;
  return answers;
}

/// Reads the scenario as `idlewatt run` would. Throws InputError that names `file`; what does not fit as it is.
void check(const Answers& answers, const std::string& file, const std::string& workload, const LoadOptions& options) {
  const ScratchFolder scratch;
  const NewScenario made =
      new_scenario(seen_from(answers, [](const fs::path& path) { return fs::absolute(path); }), workload);
  const std::string path = (scratch.path() / "scenario.yaml").string();
  write_whole_file(path, made.scenario);
  write_whole_file((scratch.path() / workload).string(), made.workload);
  try {
    load_scenario(path, options);
  } catch (const InputError& error) {
    if (misfit_of(error)) {
      throw;
    }
    // The others follow from the same answer: what is named twice is wrong twice.
    const std::string message = problems_of(error).front().text();
    throw InputError(message.starts_with(path) ? file + message.substr(path.size()) : message);
  }
}

/// The answers without the servers that the model does not fit on, which are added to `left_out` with the reason. Throws
/// InputError where it fits on none.
Answers with_servers_that_fit(Answers answers, const std::string& file, const std::string& workload,
                              const LoadOptions& options, std::vector<std::string>& left_out) {
  std::string fitting;
  for (const std::string& server : words_of(answers.at("servers"))) {
    Answers alone = answers;
    alone.at("servers") = server;
    try {
      check(alone, file, workload, options);
      fitting += (fitting.empty() ? "" : ", ") + server;
    } catch (const InputError& error) {
      const std::optional<std::string> misfit = misfit_of(error);
      if (!misfit) {
        throw;
      }
      left_out.push_back(server + ": " + *misfit);
    }
  }
  if (fitting.empty() && !left_out.empty()) {
    throw InputError(file + ": the model fits on none of the servers, such as " + left_out.back());
  }
  answers.at("servers") = fitting;
  return answers;
}

}  // namespace

std::string workload_beside(const std::string& file) {
  const fs::path path(file);
  return (path.parent_path() / (path.stem().string() + "-traffic.yaml")).string();
}

std::vector<std::string> write_new_scenario(const Answers& given, const std::string& file, const LoadOptions& options) {
  const std::string workload = fs::path(workload_beside(file)).filename().string();
  std::vector<std::string> left_out;
  const Answers answers = with_servers_that_fit(given, file, workload, options, left_out);
  const fs::path folder = fs::absolute(file).parent_path();
  const NewScenario made =
      new_scenario(seen_from(answers, [&](const fs::path& config) { return fs::relative(config, folder); }), workload);
  write_whole_file(workload_beside(file), made.workload);
  write_whole_file(file, made.scenario);
  return left_out;
}

}  // namespace idlewatt
