# shellcheck shell=bash
# Sourced by run.sh --long: what takes long. Uses its functions and counts, and its builds.

# Ten times the random cases: seeds that the quick form does not reach.
step "replicas against their oracle" env IDLEWATT_ORACLE_CASES=160000 build/release/tests/test_property
step "control in chaos" env IDLEWATT_CHAOS_CASES=4000 ctest --preset release -R 'chaos' --output-on-failure

# Twenty load tests at each of three levels of noise: known figures within their ranges in 18 of 20.
step "known figures come back" env IDLEWATT_CALIBRATE_SEEDS=20 PYTHONUTF8=1 IDLEWATT_BINARY="$PWD/build/release/idlewatt" \
  /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/cli/test_calibrate.py -k come_back

# All rooms, and the program with SimGrid. Actors have threads: on SimGrid's own stacks AddressSanitizer gives false
# alarms when an actor is killed.
build sanitize-all idlewatt
sanitized_run() {
  local scenario=$1 folder status=0
  folder=$(mktemp -d)
  # SimGrid and Python keep memory to the end, which is no leak of ours; the tests of the pure rooms look for those.
  ASAN_OPTIONS=detect_leaks=0 build/sanitize-all/idlewatt run "$scenario" --set "horizon=20 min" --jobs 1 -o "$folder" \
    -- --cfg=contexts/factory:thread > "$folder/log" 2>&1 || status=$?
  cat "$folder/log"
  rm -r "$folder"
  # A sanitizer's finding has status 1; 2 says that the scenario is refused.
  ((status != 2)) || { echo "$scenario cannot be shortened, or lacks IDLEWATT_DATA"; return 4; }
  return "$status"
}
for scenario in scenarios/*.yaml; do
  step "sanitized $(basename "$scenario")" sanitized_run "$scenario"
done

step "clang-tidy" bash tests/tidy.sh

# The quick tests again where nothing is as usual: locale, time zone, terminal, umask, one core, no HOME, and, where that
# can be had, an ordinary user.
odd_labels='unit_|golden|cli|house|analysis'
odd_environment() {
  local user=() pin=() temporary status=0
  temporary=$(mktemp -d)
  chmod 777 "$temporary"
  # Numbers with a decimal comma, where the locale's source is installed.
  local locale=C.UTF-8
  mkdir "$temporary/locales"
  localedef -i de_DE -f UTF-8 "$temporary/locales/de_DE.UTF-8" 2> /dev/null && locale=de_DE.UTF-8
  command -v taskset > /dev/null && pin=(taskset -c "$(taskset -cp $$ | grep -oE '[0-9]+' | tail -n 1)")
  if ((EUID == 0)) && command -v setpriv > /dev/null; then
    user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    # Where another user may read the checkout.
    "${user[@]}" test -r "$repository/build/release/CTestTestfile.cmake" || user=()
  fi
  # ctest keeps a log where it starts, and another user cannot write into build/.
  echo "subdirs(\"$repository/build/release/tests\")" > "$temporary/CTestTestfile.cmake"
  chmod 644 "$temporary/CTestTestfile.cmake"
  echo "locale $locale, user ${user[*]:-unchanged}, ${pin[*]:-all cores}"
  # As on an older processor: glibc's functions and BLAS's kernels without FMA round some last bits differently.
  (umask 077 && cd "$repository" && env -u HOME -u USER -u LOGNAME LOCPATH="$temporary/locales" LC_ALL="$locale" \
    TZ=Asia/Kolkata TERM=dumb COLUMNS=40 GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4 \
    OPENBLAS_CORETYPE=Nehalem TMPDIR="$temporary" PYTHONDONTWRITEBYTECODE=1 "${user[@]}" "${pin[@]}" \
    ctest --test-dir "$temporary" -L "$odd_labels" --output-on-failure) || status=$?
  rm -rf "$temporary"
  return "$status"
}
step "odd environment" odd_environment
