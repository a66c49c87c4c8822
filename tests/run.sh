#!/usr/bin/env bash
# run.sh [--long]: every test. Installs the missing packages (as root or with sudo), builds, runs the tests of the release
# build, then those of the rooms without SimGrid and HDF5 under AddressSanitizer and UndefinedBehaviorSanitizer.
# --long does more afterwards, for an hour or two: random cases ten times as many, the sanitizers over all rooms and over
# the program as it runs the shipped scenarios, clang-tidy over sim/, and the quick tests again in an odd environment.
# The last line reads "N passed, M failed, K skipped"; the exit status is 0 only when nothing failed.
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib/setup.sh"

usage() {
  echo "usage: bash tests/run.sh [--long | --help]"
  sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}"
}
long=false
for option in "$@"; do
  case $option in
    --long) long=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

# Nobody is at the keyboard.
exec < /dev/null

need_packages "${build_packages[@]}" catch2 python3
# Whoever may not install goes without: such tests are skipped, and say so.
need_packages "${figure_packages[@]}" "${calibration_packages[@]}" "${schema_packages[@]}" hdf5-tools python3-pytest \
  python3-tables python3-netcdf4 chromium slurm-wlm munge parallel mypy python3-pip python3-setuptools python3-wheel dpkg-dev || say "going on without them: some tests will be skipped"

if [[ -z ${IDLEWATT_DATA:-} && -d $repository/../shared/data ]]; then
  IDLEWATT_DATA=$(cd "$repository/../shared/data" && pwd)
fi
export IDLEWATT_DATA=${IDLEWATT_DATA:-}
if [[ -n $IDLEWATT_DATA ]]; then
  say "Measured data for the tests: $IDLEWATT_DATA"
else
  say "Measured data for the tests: none (IDLEWATT_DATA is not set), so tests that need them are skipped"
fi

passed=0 failed=0 skipped=0

# count ATTRIBUTE FILE: of the <testsuite> element of a JUnit file.
count() { grep -oE "\b$1=\"[0-9]+\"" "$2" | head -n 1 | tr -dc 0-9; }

# run_tests PRESET [CTEST OPTION...]: runs ctest, shows what did not pass, adds to the counts.
run_tests() {
  local preset=$1 status=0 results log
  shift
  results=$repository/build/$preset-tests.xml
  log=$repository/build/$preset-tests.log
  say "Testing ($preset $*)..."
  rm -f "$results"
  ctest --preset "$preset" -j"$(nproc)" --output-on-failure --output-junit "$results" "$@" > "$log" 2>&1 || status=$?
  ((status == 0)) || grep -vE '^ *([0-9]+/[0-9]+ Test .* Passed |Start +[0-9]+:)' "$log" >&2 || true
  if [[ ! -s $results ]]; then
    failed=$((failed + 1))
    return 0
  fi
  local tests failures idle
  tests=$(count tests "$results")
  failures=$(count failures "$results")
  idle=$(($(count skipped "$results") + $(count disabled "$results")))
  passed=$((passed + tests - failures - idle))
  # A test that could not even start is a failure of its own kind: ctest's exit status knows it.
  ((status == 0 || failures > 0)) || failures=1
  failed=$((failed + failures))
  skipped=$((skipped + idle))
}

# step NAME COMMAND...: one more test; exit status 4 means skipped.
step() {
  local name=$1 log=$repository/build/long-${1//[^a-z0-9]/-}.log status=0
  shift
  say "Testing ($name)..."
  "$@" > "$log" 2>&1 || status=$?
  case $status in
    0) passed=$((passed + 1)) ;;
    4) skipped=$((skipped + 1)) && say "skipped: $(tail -n 1 "$log")" ;;
    *) failed=$((failed + 1)) && tail -n 60 "$log" >&2 && say "failed: $name (all of its output: $log)" ;;
  esac
}

cd "$repository"
# Unit tests of the rooms without SimGrid and HDF5 are built once, with sanitizers; the long form runs them optimised, too.
build release all -D IDLEWATT_TESTS=ON -D IDLEWATT_PURE_TESTS="$($long && echo ON || echo OFF)"
run_tests release
# Clang compiles code with sanitizers in little more than half of GCC's time.
sanitizer_compiler=()
if need_packages clang libclang-rt-dev && command -v clang++ > /dev/null; then
  sanitizer_compiler=(-D CMAKE_C_COMPILER=clang -D CMAKE_CXX_COMPILER=clang++)
else
  say "going on without clang: GCC builds the sanitizers' tests"
fi
build sanitize all "${sanitizer_compiler[@]}"
# A quarter of the random cases: under sanitizers each takes ten times as long.
IDLEWATT_ORACLE_CASES=4000 run_tests sanitize

if $long; then
  source tests/long.sh
fi

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
