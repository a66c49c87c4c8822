#!/usr/bin/env bash
# A check that cannot fail is worth nothing: builds small trees, each with one violation, and expects it to be named.
# Usage: layering_selftest.sh PATH/TO/layering.sh
set -euo pipefail

check=$(realpath "${1:?usage: layering_selftest.sh LAYERING_SCRIPT}")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

fresh_tree() {
  rm -rf "${tree:?}/repo"
  mkdir -p "$tree/repo/sim/"{base,catalog,physics,traffic,policy,engine,ledger,scenario,results,datacenter,sweep,cli}
  cd "$tree/repo"
  echo '#pragma once' > sim/base/ticks.hpp
  echo '#pragma once' > sim/scenario/scenario.hpp
  echo '#pragma once' > sim/engine/replica.hpp
  echo '#include "base/ticks.hpp"' > sim/policy/idle.cpp
  echo '#include <hdf5.h>' > sim/results/file.cpp
  echo '#include <simgrid/s4u.hpp>' > sim/datacenter/run.cpp
  touch CMakeLists.txt README.md LICENSE .gitignore
}

expect_ok() {
  local output
  if ! output=$(bash "$check" "$tree/repo"); then
    echo "FAIL: a clean tree is refused: $output"
    failures=$((failures + 1))
  fi
}

# expect_violation WHAT EXPECTED_TEXT
expect_violation() {
  local output
  if output=$(bash "$check" "$tree/repo"); then
    echo "FAIL: not noticed: $1"
    failures=$((failures + 1))
  elif [[ $output != *"$2"* ]]; then
    echo "FAIL: $1: expected \"$2\" in: $output"
    failures=$((failures + 1))
  fi
}

fresh_tree
expect_ok

fresh_tree
echo '#include "engine/replica.hpp"' > sim/policy/bad.cpp
expect_violation "policy includes engine" 'sim/policy/bad.cpp:1: sim/policy may not include "engine/replica.hpp"'

fresh_tree
echo '#include "scenario/scenario.hpp"' > sim/results/bad.hpp
expect_violation "results includes scenario" 'sim/results/bad.hpp:1: sim/results may not include'

for pair in "simgrid/s4u.hpp cli" "hdf5.h traffic" "yaml-cpp/yaml.h cli" "boost/program_options.hpp scenario"; do
  read -r header folder <<< "$pair"
  fresh_tree
  printf '\n#  include <%s>\n' "$header" > "sim/$folder/bad.cpp"
  expect_violation "$folder includes $header" "sim/$folder/bad.cpp:2: <$header> may be included under"
done

fresh_tree
echo '#include "replica.hpp"' > sim/engine/bad.cpp
expect_violation "an include without its folder" 'is not a path from sim/'

fresh_tree
mkdir sim/utils
expect_violation "a new folder without a place" 'sim/utils: no such layer'

fresh_tree
printf '// line %s\n' {1..501} > sim/base/long.cpp
expect_violation "a long file" 'sim/base/long.cpp: 501 lines'

fresh_tree
mkdir docs
expect_violation "a new top-level entry" 'docs: does not belong at the top level'

if ((failures > 0)); then
  exit 1
fi
echo "layering self-test: ok"
