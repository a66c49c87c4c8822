#!/usr/bin/env bash
# Makes the pictures of the READMEs and the gallery in analysis/README.md anew: runs scenarios/quickstart.yaml (build it
# first, or name another idlewatt). The picture of the report needs chromium.
#   analysis/make_images.sh [IDLEWATT]
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib/setup.sh"

idlewatt=$(realpath "${1:-$repository/build/release/idlewatt}")
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
cd "$repository"
"$idlewatt" run scenarios/quickstart.yaml -o "$results" > /dev/null
PYTHONDONTWRITEBYTECODE=1 "$(figures_python)" analysis/make_gallery.py "$results"
"$idlewatt" report "$results" -o "$results/report.html"
if command -v chromium > /dev/null; then
  chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$results/chromium" \
    --window-size=1100,1250 --screenshot="$repository/analysis/images/report.png" "file://$results/report.html" 2> /dev/null
fi
