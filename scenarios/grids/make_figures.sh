#!/usr/bin/env bash
# Runs the grids of this folder and draws their figures into images/ (build first, or name another idlewatt).
#   scenarios/grids/make_figures.sh [IDLEWATT]
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/setup.sh"

idlewatt=$(realpath "${1:-$repository/build/release/idlewatt}")
python=python3
if /usr/bin/python3 -c "import h5py, matplotlib, pandas" 2> /dev/null; then
  python=/usr/bin/python3
fi
cd "$repository"
for grid in scenarios/grids/*.yaml; do
  name=$(basename "$grid" .yaml)
  start=$SECONDS
  "$idlewatt" grid run "$grid" -o "out/$name" > /dev/null
  say "$name: $((SECONDS - start)) s"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=analysis "$python" -m idlewatt.grids "$name" "out/$name" \
    -o "scenarios/grids/images/$name.png"
done
