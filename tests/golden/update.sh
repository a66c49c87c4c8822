#!/usr/bin/env bash
# Records the answers of all golden scenarios anew. Look at `git diff tests/golden` before you commit.
# Usage: update.sh [IDLEWATT]   (default: the release build)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
idlewatt=$(realpath "${1:-$here/../../build/release/idlewatt}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for scenario in "$here"/*.yaml; do
  "$idlewatt" run "$scenario" --json > answer.json
  mv answer.json "${scenario%.yaml}.json"
  echo "recorded $(basename "${scenario%.yaml}").json"
done
