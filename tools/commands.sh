# The commands of `./x`: x_NAME is `./x NAME`.

x_setup() {
  setup build test tools
  say "everything is installed"
}

x_run() {
  x_build
  cd "$CALLER"
  exec "$ROOT/build/release/cairn" dev "$@"
}

x_build() {
  setup build
  # Tests and benchmarks stay configured once they are: `run` and `test` do not undo each other's work.
  if [ -z "$(packages_missing test)" ]; then
    configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  else
    configure release -DCAIRN_TESTS=OFF -DCAIRN_BENCH=OFF
  fi
  compile release cairn
  say "built build/release/cairn"
}

# configure PRESET [-DNAME=VALUE...]: skipped where the build folder already has these values.
configure() {
  local preset=$1 cache=build/$1/CMakeCache.txt option
  shift
  if [ -f "build/$preset/build.ninja" ]; then
    for option in "$@"; do
      option=${option#-D}
      grep -q "^${option%%=*}:[A-Z]*=${option#*=}$" "$cache" || break
      option=
    done
    [ $# -gt 0 ] && [ -n "$option" ] || return 0
  fi
  say "configuring build/$preset"
  cmake --preset "$preset" "$@" >"$(log_file configure)" 2>&1 || {
    tail -n 20 "$(log_file configure)" >&2
    fail "CMake could not configure build/$preset (its words are above). Put right what it names; if it looks stale, ./x clean."
  }
}

# compile PRESET TARGET...
compile() {
  local preset=$1
  shift
  say "building $* ($preset, $JOBS jobs)"
  cmake --build "build/$preset" --parallel "$JOBS" --target "$@" >&2 ||
    fail "the build stopped at the first error above."
}

log_file() {
  mkdir -p build
  echo "build/$1.log"
}

x_fmt() {
  [ -n "$(command -v clang-format-19)" ] || setup_debian build test
  local files
  files=$(git ls-files -co --exclude-standard '*.cpp' '*.hpp' '*.h')
  if [ "${1:-}" = --check ]; then
    # shellcheck disable=SC2086
    clang-format-19 --dry-run --Werror $files || fail "not formatted as .clang-format says: run ./x fmt."
  else
    # shellcheck disable=SC2086
    clang-format-19 -i $files
  fi
}

# ./x test: everything once. --asan, --tsan, --clang: the C++ tests of all or the named folders alone.
x_test() {
  setup build test
  tally_start
  case ${1:-} in
    '') test_everything ;;
    --asan | --tsan | --clang) test_under "${1#--}" "${@:2}" ;;
    --peers) test_peers ;;
    *) fail "./x test takes --asan, --tsan, --clang or --peers, not '$1'." ;;
  esac
  tally_end
}

test_everything() {
  step "formatting" x_fmt_check
  step "structure" python3 tools/lint/structure.py
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  compile release all
  step "tests" python3 tools/run_tests.py build/release --jobs "$JOBS"
  [ -z "$(fuzz_targets)" ] || {
    # shellcheck disable=SC2046
    fuzz_build $(fuzz_targets | sed 's/[^ ]*/&_fuzz/g')
    fuzz_all
  }
}

# geth, built from the pinned Go module, is asked about a chain; its answers must be those recorded in
# tests/peers, and Cairn's.
test_peers() {
  [ -n "$(command -v go)" ] || fail "./x test --peers builds geth and needs Go."
  local built=$ROOT/build/peers chain=${CAIRN_FIXTURES:-$ROOT/../shared/fixtures}/execution-apis/tests
  mkdir -p "$built"
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  compile release cairn
  say "building geth"
  (cd bench/peers && go build -o "$built/geth" github.com/ethereum/go-ethereum/cmd/geth) || fail "go could not build geth."
  python3 tests/peers/record_geth.py "$built/geth" "$chain/genesis.json" "$chain/chain.rlp" "$built/geth.data" >"$built/answers.jsonl" ||
    fail "geth could not be asked (its words are above)."
  step "geth answers as recorded" cmp "$built/answers.jsonl" tests/peers/geth_answers.jsonl
  step "Cairn answers as geth" python3 tests/peers/replay_test.py build/release/cairn "$built/answers.jsonl"
}

# docs/conformance.md, from a run of every suite that others wrote.
x_conformance() {
  setup build test
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  compile release cairn conformance_test trace_test api_test
  python3 tools/conformance.py build/release
}

# test_under PRESET [FOLDER...]: builds only what it runs.
test_under() {
  local preset=$1 folders
  shift
  folders=${*:-$(find tests -name '*_test.cpp' -printf '%P\n' | cut -d/ -f1 | sort -u | tr '\n' ' ')}
  configure "$preset"
  # shellcheck disable=SC2086
  compile "$preset" $(printf '%s_test ' $folders)
  if [ "$preset" = tsan ]; then
    say "without Otterscan's run: thousands of questions from one thread"
    export GTEST_FILTER='-OtterscanRun*'
  fi
  # shellcheck disable=SC2086
  step "tests under $preset" python3 tools/run_tests.py "build/$preset" --jobs "$JOBS" \
    --only "^($(echo $folders | tr ' ' '|'))$"
}

x_lint() {
  setup build test tools
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  tally_start
  step "formatting" x_fmt_check
  step "structure" python3 tools/lint/structure.py
  step "clang-tidy" python3 tools/lint/tidy.py --jobs "$JOBS"
  tally_end
}

x_fmt_check() { x_fmt --check; }

x_clean() {
  rm -rf build
  say "removed build/"
}

x_bare() {
  [ -n "$(command -v debootstrap)" ] || setup_debian tools
  tools/bare.sh
}
