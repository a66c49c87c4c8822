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
mapfile -t files < <(find sim tests -name '*.cpp' -o -name '*.hpp' | sort)
if clang-format --dry-run -Werror "${files[@]}" 2> /dev/null; then
  echo "${#files[@]} files are formatted"
  exit 0
fi
for file in "${files[@]}"; do
  clang-format --dry-run -Werror "$file" 2> /dev/null || echo "not formatted: $file (clang-format -i $file)"
done
exit 1
