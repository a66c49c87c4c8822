#include <cstring>
#include <fmt/core.h>
#include <pybind11/embed.h>

#include "base/error.hpp"
#include "base/random.hpp"
#include "python/module.hpp"
#include "python/python_policy.hpp"

namespace idlewatt {
namespace {

namespace py = pybind11;

/// Whoever asks the system for randomness gets it from the scenario's seed: `os.urandom`, `secrets`, generators that
/// are made or seeded without a number, numpy's among them, and the functions of `random`.
constexpr const char* kSeeded = R"(
import os
import random

def begin(seed):
    stream = random.Random(seed)
    original = random.Random

    class Random(original):
        def seed(self, a=None, version=2):
            super().seed(stream.getrandbits(64) if a is None else a, version)

    shared = Random()
    for name in dir(random):
        if getattr(getattr(random, name), "__self__", None) is random._inst:
            setattr(random, name, getattr(shared, name))
    random._inst = shared
    random.Random = Random
    random._urandom = os.urandom = stream.randbytes
)";

void seed_everything(std::uint64_t seed) {
  py::dict names;
  names["__builtins__"] = py::module_::import("builtins");
  py::exec(kSeeded, names);
  names["begin"](RandomStream(seed, "python").bits());
}

void initialize() {
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.install_signal_handlers = 0;
  config.write_bytecode = 0;
  config.buffered_stdio = 0;  // a worker process ends without Python's leave
  // With its path, or the first `python3` of $PATH would decide where the library is.
  const PyStatus status = PyConfig_SetBytesString(&config, &config.program_name, IDLEWATT_POLICY_PYTHON);
  if (PyStatus_Exception(status)) {
    PyConfig_Clear(&config);
    throw Error("cannot start Python: out of memory");
  }
  try {
    py::initialize_interpreter(&config, 0, nullptr, false);
  } catch (const std::exception& error) {
    throw Error(fmt::format("cannot start Python of {}: {}", IDLEWATT_POLICY_PYTHON, error.what()));
  }
}

}  // namespace

struct PythonSession::State {
  PyModuleDef module{};
  PyThreadState* released = nullptr;  ///< the interpreter's lock is free between calls
};

PythonSession::PythonSession(std::uint64_t seed) : state_(std::make_unique<State>()) {
  if (Py_IsInitialized() != 0) {
    throw Error("there is an interpreter of Python in this process already; expected one simulation at a time");
  }
  initialize();
  try {
    py::module_ module =
        py::module_::create_extension_module("idlewatt", "What policies see and decide.", &state_->module);
    bind_views(module);
    bind_decisions(module);
    py::module_::import("sys").attr("modules")["idlewatt"] = module;
    seed_everything(seed);
  } catch (const py::error_already_set& error) {
    const std::string what = error.what();
    throw Error("cannot prepare Python: " + what.substr(0, what.find('\n')));
  }
  state_->released = PyEval_SaveThread();
}

PythonSession::~PythonSession() {
  PyEval_RestoreThread(state_->released);
  py::finalize_interpreter();
}

std::string python_version() {
  return PY_VERSION;
}

}  // namespace idlewatt
