#!/usr/bin/env bash
# A grid through GNU parallel: eight shards, on this machine or (with --sshlogin) on others that share the folder.
#   scenarios/grids/examples/parallel.sh GRID [OPTION OF idlewatt grid run...]
set -euo pipefail
grid=$1
shift
idlewatt=${IDLEWATT_BINARY:-build/release/idlewatt}

seq 0 7 | parallel "$idlewatt" grid run "$grid" --jobs 1 --shard {}/8 "$@"
"$idlewatt" grid results "$grid" "$@"
