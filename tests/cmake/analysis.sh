#!/usr/bin/env bash
# analysis.sh FILE|FOLDER [PYTHON]: runs what pytest finds there with the first Python that has what they read with.
# Exit status 4 (skipped) when none has.
set -euo pipefail
file=$1
modules='pytest, h5py, pandas, tables, xarray, h5netcdf, netCDF4'

# Matplotlib and Chromium want a home of their user's.
if [[ ! -w ${HOME:-/nowhere} ]]; then
  HOME=$(mktemp -d)
  export HOME
  trap 'rm -rf "$HOME"' EXIT
fi

# The system's Python first: it has the distribution's packages, which another one on the path has not.
for python in /usr/bin/python3 "${2:-}" python3; do
  if [[ -n $python ]] && "$python" -c "import $modules" 2> /dev/null; then
    status=0
    # No byte code and no cache in the source tree.
    PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -q -p no:cacheprovider "$file" || status=$?
    # 4 would be taken for "skipped", and 5 is "no tests were found".
    ((status < 4)) || status=1
    exit "$status"
  fi
done
echo "skipped: no Python 3 that can import $modules. On Debian or Ubuntu: apt-get install python3-pytest" \
  "python3-h5py python3-pandas python3-tables python3-xarray python3-h5netcdf python3-netcdf4"
exit 4
