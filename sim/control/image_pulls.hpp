// The pulls of container images under way. Starts on one server that need the same image share one pull.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "control/effects.hpp"

namespace idlewatt {

/// Who pulls which image to which server, and who waits for it.
class ImagePulls {
 public:
  /// The process needs the image on the server, which lacks it. Returns true when the process is to pull the image
  /// itself. Returns false when another process does: this one then acts when that pull has ended or was abandoned.
  bool join(ServerId server, const std::string& image, ProcessId process);
  /// Ends the pull of an image. The processes that waited for it act at `now`.
  void end(ServerId server, const std::string& image, Ticks now, Effects& effects);
  /// Forgets a process that is cancelled. Processes that waited for its pull act at `now`; the first one pulls instead.
  void abandon(ProcessId process, Ticks now, Effects& effects);

 private:
  struct Pull {
    ProcessId puller;
    std::vector<ProcessId> waiting;
  };
  using Key = std::pair<ServerId, std::string>;

  static void wake(const Pull& pull, Ticks now, Effects& effects);

  std::map<Key, Pull> pulls_;
};

}  // namespace idlewatt
