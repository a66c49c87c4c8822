#!/usr/bin/env bash
# Fits the physics to the public measurements ($IDLEWATT_DATA or ../shared/data) and writes the coefficients into
# platforms/, and the report with the errors on data left out: platforms/CALIBRATION.md.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
python=python3
if /usr/bin/python3 -c "import matplotlib, numpy, pandas, scipy, yaml" 2> /dev/null; then
  python=/usr/bin/python3
fi
PYTHONDONTWRITEBYTECODE=1 exec "$python" -m calibration
