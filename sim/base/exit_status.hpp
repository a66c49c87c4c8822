// The exit statuses of the program; `idlewatt --help` prints the same list.
#pragma once

namespace idlewatt {

/// The exit status of the program.
enum class ExitStatus {
  ok = 0,
  internal = 1,       ///< the simulator failed: a bug of ours, or a process that died
  no = 1,             ///< the answer is no: no fleet meets the SLO, or a run is what --fail-if names
  bad_input = 2,      ///< command line, scenario, catalogue or trace
  cannot_write = 3,   ///< disk full, no permission
  interrupted = 130,  ///< Ctrl-C or SIGTERM
};

}  // namespace idlewatt
