#!/usr/bin/env bash
# From a fresh Debian 12 to a first answer: installs the missing packages (as root or with sudo), builds, runs
# scenarios/quickstart.yaml, draws power.png, writes report.html. Options are handed on to `idlewatt run`, e.g. --json.
set -euo pipefail
# shellcheck source=scenarios/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

need_packages "${build_packages[@]}"
need_packages "${figure_packages[@]}" || say "going on without them: there will be no picture"
build release idlewatt -D IDLEWATT_TESTS=OFF

cd "$repository"
say "Running scenarios/quickstart.yaml..."
build/release/idlewatt run scenarios/quickstart.yaml "$@"

# Where the results are, and whether there are any.
results=out/quickstart
previous=
for option in "$@"; do
  case $previous in -o | --output) results=$option ;; esac
  case $option in
    -h | --help) exit 0 ;;
    --output=*) results=${option#*=} ;;
    -o?*) results=${option#-o} ;;
  esac
  previous=$option
done

if figure "$results" -o "$results/power.png"; then
  say "Power over time: $results/power.png"
fi
if build/release/idlewatt report "$results" -o "$results/report.html"; then
  say "All of it, as a page for a browser: $results/report.html"
fi
