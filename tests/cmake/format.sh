#!/usr/bin/env bash
# format.sh ROOT: every C++ file below sim/ and tests/ is as clang-format would write it. Exit status 4 (skipped) where
# clang-format is missing or of another version, which would write some lines differently.
set -euo pipefail
cd "$1"
expected=14  # Debian 12's

if ! command -v clang-format > /dev/null; then
  echo "skipped: no clang-format here. On Debian 12: apt-get install clang-format"
  exit 4
fi
version=$(clang-format --version | grep -oE '[0-9]+\.' | head -n 1)
if [[ $version != "$expected." ]]; then
  echo "skipped: $(clang-format --version), and the sources are formatted with version $expected"
  exit 4
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mapfile -t files < <(find sim tests -name '*.cpp' -o -name '*.hpp' | sort)
# It names a file once for each place; the files are shared among the cores.
status=0
printf '%s\0' "${files[@]}" | xargs -0 -n 40 -P "$(nproc)" clang-format --dry-run -Werror > /dev/null 2> "$log" || status=$?
if ((status == 0)); then
  echo "${#files[@]} files are formatted"
  exit 0
fi
sed -nE 's/^([^:]+):[0-9]+:[0-9]+: .*/not formatted: \1 (clang-format -i \1)/p' "$log" | sort -u
exit 1
