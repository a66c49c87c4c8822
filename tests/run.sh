#!/usr/bin/env bash
# Every test: installs the missing packages (as root or with sudo), builds, runs the tests of the release build, then
# those of the pure layers under AddressSanitizer and UndefinedBehaviorSanitizer.
# The last line reads "N passed, M failed, K skipped"; the exit status is 0 only when nothing failed.
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib/setup.sh"

need_packages "${build_packages[@]}" "${figure_packages[@]}" "${calibration_packages[@]}" "${schema_packages[@]}" catch2 hdf5-tools python3 \
  python3-pytest python3-tables python3-netcdf4 chromium slurm-wlm munge parallel

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

# run_tests PRESET: runs ctest, shows what did not pass, adds to the counts.
run_tests() {
  local preset=$1 status=0 results log
  results=$repository/build/$preset-tests.xml
  log=$repository/build/$preset-tests.log
  say "Testing ($preset)..."
  rm -f "$results"
  ctest --preset "$preset" -j"$(nproc)" --output-on-failure --output-junit "$results" > "$log" 2>&1 || status=$?
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

build release all -D IDLEWATT_TESTS=ON
run_tests release
build sanitize all
run_tests sanitize

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
