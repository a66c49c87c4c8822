#!/usr/bin/env bash
# Asks the program for every public measurement in a folder ($1, $IDLEWATT_DATA or ../shared/data) that it can express, and
# writes the errors by set, device, model and metric: platforms/SCOREBOARD.md. $IDLEWATT names another program. With
# `--draws N` it writes how many measurements the ranges of the catalogue's figures cover: platforms/COVERAGE.md.
set -euo pipefail

arguments=()
for argument in "$@"; do
  if [[ -d $argument ]]; then
    argument=$(realpath -- "$argument")
  fi
  arguments+=("$argument")
done
cd "$(dirname "${BASH_SOURCE[0]}")"
python=python3
if /usr/bin/python3 -c "import matplotlib, numpy, pandas, scipy, yaml" 2> /dev/null; then
  python=/usr/bin/python3
fi
PYTHONDONTWRITEBYTECODE=1 exec "$python" -m scoreboard "${arguments[@]}"
