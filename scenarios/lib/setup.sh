# Sourced by scenarios/quickstart.sh and tests/run.sh: installs what is missing, configures, builds.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# shellcheck disable=SC2034  # for those who source this
build_packages=(g++ cmake ninja-build pkg-config libsimgrid-dev libhdf5-dev libyaml-cpp-dev
  libmuparser-dev libboost-dev libboost-program-options-dev libfmt-dev nlohmann-json3-dev zlib1g-dev python3-dev
  pybind11-dev)
# shellcheck disable=SC2034
figure_packages=(python3-h5py python3-h5netcdf python3-matplotlib python3-pandas python3-xarray)
# shellcheck disable=SC2034
calibration_packages=(python3-matplotlib python3-numpy python3-pandas python3-scipy python3-yaml)

# shellcheck disable=SC2034
schema_packages=(python3-jsonschema python3-yaml)

# One line on standard error, so that standard output stays the program's.
say() { echo "$*" >&2; }

# quietly LOG COMMAND...: the command's output goes to LOG, and is shown (its end) only when the command fails.
quietly() {
  local log=$1
  shift
  if ! "$@" > "$log" 2>&1; then
    tail -n 60 "$log" >&2
    say "failed: $* (all of its output: $log)"
    return 1
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null) == installed ]]
}

# need_packages PACKAGE...: asks dpkg first; apt is called only when something is missing.
need_packages() {
  if ! command -v dpkg-query > /dev/null; then
    say "no dpkg here: make sure that you have what Debian calls $*"
    return 0
  fi
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
      say "please install, as root: apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}..."
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends "${missing[@]}")
  local log
  log=$(mktemp)
  # Package lists may be absent or out of date: only then are they fetched.
  if ! "${install[@]}" > "$log" 2>&1; then
    quietly "$log" "${as_root[@]}" apt-get update
    quietly "$log" "${install[@]}"
  fi
  rm -f "$log"
}

# build PRESET TARGET [CMAKE OPTION...]: configures build/PRESET and builds the target there.
build() {
  local preset=$1 target=$2
  shift 2
  mkdir -p "$repository/build"
  cd "$repository" || return
  say "Building ($preset)..."
  quietly "build/$preset-configure.log" cmake --preset "$preset" "$@"
  quietly "build/$preset-build.log" cmake --build --preset "$preset" --target "$target"
}

# figures_python: prints a Python that has what figures need, or the one there is; fails when there is none. The system's
# Python first: it has the distribution's packages, which another one on the path has not.
figures_python() {
  if /usr/bin/python3 -c "import h5py, h5netcdf, matplotlib, pandas, xarray" 2> /dev/null; then
    echo /usr/bin/python3
  elif ! command -v python3; then
    say "no picture: there is no python3"
    return 1
  fi
}

# figure ARGUMENT...: python3 -m idlewatt figure; it says what is missing.
figure() {
  local python
  python=$(figures_python) || return
  # No byte code in the source tree.
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$repository/analysis" "$python" -m idlewatt figure "$@"
}
