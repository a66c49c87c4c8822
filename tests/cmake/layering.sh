#!/usr/bin/env bash
# Checks the rules of the house that no compiler checks: which folder of sim/ may include which, where the big
# libraries may appear, how long a file may be, what may stand at the top level.
# Usage: layering.sh REPOSITORY. Prints one line per violation; exit status 1 when there is one.
set -euo pipefail

root=${1:?usage: layering.sh REPOSITORY}
cd "$root"
longest=500
violations=0

violation() {
  echo "$1"
  violations=$((violations + 1))
}

# folder: the folders that its files may include, itself among them.
pure="base catalog physics traffic policy engine ledger"
allowed_includes() {
  case $1 in
    base) echo "base" ;;
    catalog) echo "base catalog" ;;
    physics) echo "base catalog physics" ;;
    traffic) echo "base traffic" ;;
    policy) echo "base catalog physics traffic policy" ;;
    python) echo "base catalog physics traffic policy python" ;;
    engine) echo "base catalog physics traffic policy engine" ;;
    ledger) echo "$pure" ;;
    scenario) echo "$pure python scenario" ;;
    claims) echo "$pure python scenario claims" ;;
    results) echo "$pure results" ;;
    datacenter) echo "$pure python scenario datacenter" ;;
    sweep) echo "$pure python scenario results datacenter sweep" ;;
    cli) echo "$pure python scenario claims results datacenter sweep cli" ;;
    *) return 1 ;;
  esac
}

# Which folder may include a library's headers.
library_home() {
  case $1 in
    simgrid/* | simgrid.h | simgrid.hpp | xbt/* | xbt.h | smpi/*) echo "datacenter" ;;
    hdf5.h | hdf5_hl.h | H5*.h) echo "results" ;;
    yaml-cpp/*) echo "scenario" ;;
    muParser*) echo "claims" ;;
    pybind11/* | Python.h) echo "python" ;;
    boost/program_options*) echo "cli" ;;
  esac
}

check_include() {
  local file=$1 line=$2 form=$3 header=$4
  local folder=${file#sim/}
  folder=${folder%%/*}
  local home
  home=$(library_home "$header")
  if [[ -n $home && $home != "$folder" ]]; then
    violation "$file:$line: <$header> may be included under sim/$home only"
  fi
  [[ $form == '"' && -z $home ]] || return 0
  local included=${header%%/*}
  if [[ $included == "$header" || ! -e sim/$header ]]; then
    violation "$file:$line: \"$header\" is not a path from sim/, such as \"base/ticks.hpp\""
  elif [[ " $(allowed_includes "$folder") " != *" $included "* ]]; then
    violation "$file:$line: sim/$folder may not include \"$header\" (only $(allowed_includes "$folder"))"
  fi
}

for path in sim/*/; do
  folder=$(basename "$path")
  if ! allowed_includes "$folder" > /dev/null; then
    violation "sim/$folder: no such layer; give it a place in tests/cmake/layering.sh"
  fi
done

pattern='^[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
while IFS=: read -r file line text; do
  if [[ $text =~ $pattern ]]; then
    check_include "$file" "$line" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  fi
done < <(grep -rnE --include='*.cpp' --include='*.hpp' --include='*.h' "$pattern" sim || true)

while read -r lines file; do
  if ((lines > longest)); then
    violation "$file: $lines lines, but $longest is the most; split it by purpose"
  fi
done < <(find sim tests analysis scenarios -type d -name __pycache__ -prune -o -type f \
  \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.py' -o -name '*.sh' -o -name '*.cmake' \
  -o -name CMakeLists.txt \) -exec awk 'END { print NR, FILENAME }' {} \; 2> /dev/null)

top_level() {
  if [[ -e .git ]] && git rev-parse HEAD > /dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard | cut -d/ -f1 | sort -u
  else
    find . -mindepth 1 -maxdepth 1 ! -name build ! -name out -printf '%f\n'
  fi
}
while read -r entry; do
  case $entry in
    .* | CMakeLists.txt | CMakePresets.json | LICENSE | README.md) ;;
    sim | platforms | workloads | analysis | tests | scenarios) ;;
    *) violation "$entry: does not belong at the top level" ;;
  esac
done < <(top_level)

if ((violations > 0)); then
  echo "$violations violation(s)"
  exit 1
fi
echo "layering: ok"
