#!/usr/bin/env bash
# Makes the pictures of the READMEs anew: runs scenarios/quickstart.yaml (build it first, or name another idlewatt).
#   analysis/make_images.sh [IDLEWATT]
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scenarios/lib/setup.sh"

idlewatt=$(realpath "${1:-$repository/build/release/idlewatt}")
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
cd "$repository"
"$idlewatt" run scenarios/quickstart.yaml -o "$results" > /dev/null
figure "$results" -o analysis/images/quickstart-power.png
