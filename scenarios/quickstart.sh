#!/usr/bin/env bash
# From a fresh Debian 12 to a first answer: installs the missing packages (as root or with sudo), builds, and runs
# scenarios/quickstart.yaml. Options are handed on to `idlewatt run`, e.g. --json.
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

need_packages "${build_packages[@]}"
build release idlewatt -D IDLEWATT_TESTS=OFF

cd "$repository"
say "Running scenarios/quickstart.yaml..."
exec build/release/idlewatt run scenarios/quickstart.yaml "$@"
