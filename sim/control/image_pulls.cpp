#include "control/image_pulls.hpp"

#include <algorithm>

namespace idlewatt {

bool ImagePulls::join(ServerId server, const std::string& image, ProcessId process) {
  const auto [pull, first] = pulls_.try_emplace(Key{server, image}, Pull{.puller = process, .waiting = {}});
  if (!first) {
    pull->second.waiting.push_back(process);
  }
  return first;
}

void ImagePulls::end(ServerId server, const std::string& image, Ticks now, Effects& effects) {
  const auto pull = pulls_.find({server, image});
  if (pull != pulls_.end()) {
    wake(pull->second, now, effects);
    pulls_.erase(pull);
  }
}

void ImagePulls::abandon(ProcessId process, Ticks now, Effects& effects) {
  for (auto pull = pulls_.begin(); pull != pulls_.end(); ++pull) {
    if (pull->second.puller == process) {
      wake(pull->second, now, effects);
      pulls_.erase(pull);
      return;
    }
    std::vector<ProcessId>& waiting = pull->second.waiting;
    if (const auto found = std::find(waiting.begin(), waiting.end(), process); found != waiting.end()) {
      waiting.erase(found);
      return;
    }
  }
}

void ImagePulls::wake(const Pull& pull, Ticks now, Effects& effects) {
  for (const ProcessId process : pull.waiting) {
    effects.push_back(Wait{process, now});
  }
}

}  // namespace idlewatt
