#!/usr/bin/env bash
# tidy.sh [FILE...]: clang-tidy with the checks of .clang-tidy over sim/, or over the files given. Takes minutes.
# JOBS=4 sets how many files at a time (default: one per core). Exit status 0 when there is nothing to say.
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib/setup.sh"

for tool in clang-tidy cmake ninja; do
  command -v "$tool" > /dev/null || { say "no $tool here: on Debian, apt-get install clang-tidy cmake ninja-build"; exit 4; }
done
files=()
for file in "$@"; do
  files+=("$(realpath "$file")")
done

cd "$repository"
# A build folder of its own: only its list of compile commands is used, nothing is compiled in it.
mkdir -p build
quietly build/tidy-configure.log cmake --preset release -B build/tidy -D IDLEWATT_TESTS=OFF
if ((${#files[@]} == 0)); then
  mapfile -t files < <(find "$repository/sim" -name '*.cpp' | sort)
fi

say "clang-tidy over ${#files[@]} files..."
log=build/tidy.log
status=0
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "${JOBS:-$(nproc)}" clang-tidy -p build/tidy --quiet > "$log" 2> "$log.err" || status=$?
if ((status != 0)); then
  # A finding in a header is told by every file that includes it.
  grep -E '(warning|error):' "$log" "$log.err" -h | sort -u
  say "findings; with their context: $log"
  exit 1
fi
say "nothing to say"
