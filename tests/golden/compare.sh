#!/usr/bin/env bash
# Runs one golden scenario and compares its answer with the recorded one, byte for byte.
# Usage: compare.sh IDLEWATT SCENARIO.yaml
set -euo pipefail

idlewatt=$(realpath "$1")
scenario=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$idlewatt" run "$scenario" --json > answer.json
if ! diff -u "${scenario%.yaml}.json" answer.json; then
  echo "The answer has changed. If that is right, say why in the commit, and record it with tests/golden/update.sh."
  exit 1
fi
