# ./x fuzz: libFuzzer targets under address and undefined-behaviour sanitizers.

x_fuzz() {
  local name='' seconds=60
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds) seconds=${2:?"--seconds wants a number"} && shift 2 ;;
      --self-check) fuzz_self_check && return ;;
      -*) fail "./x fuzz takes a target's name, --seconds N and --self-check, not '$1'." ;;
      *) name=$1 && shift ;;
    esac
  done
  [[ " $(fuzz_targets) " == *" $name "* && -n $name ]] ||
    fail "name one of the targets: $(fuzz_targets)"
  fuzz_build "${name}_fuzz"
  fuzz_run "$name" "$seconds"
}

# The names of all targets, on one line.
fuzz_targets() {
  sed -n 's/^cairn_fuzz(\([a-z0-9_]*\).*/\1/p' fuzz/CMakeLists.txt | tr '\n' ' ' | sed 's/ $//'
}

fuzz_build() {
  setup build test
  configure fuzz
  compile fuzz "$@"
}

# fuzz_run NAME SECONDS [FLAG...]: what it finds lies in build/fuzz/found/NAME, each with the command
# to repeat it. The flags are libFuzzer's.
fuzz_run() {
  local name=$1 corpus=build/fuzz/corpus/$1 found=build/fuzz/found/$1/
  mkdir -p "$corpus" "$found"
  local seeds=()
  [ -d "fuzz/seeds/$name" ] && seeds=("fuzz/seeds/$name")
  say "fuzzing $name for $2 s"
  "build/fuzz/fuzz/${name}_fuzz" -max_total_time="$2" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found" "${@:3}" "$corpus" "${seeds[@]}" >"build/fuzz/$name.log" 2>&1 || {
    tail -n 40 "build/fuzz/$name.log"
    printf 'x: %s found something. To see it again: build/fuzz/fuzz/%s_fuzz %s*\n' "$name" "$name" "$found" >&2
    return 1
  }
  sed -n 's/^stat::number_of_executed_units: */  inputs run: /p' "build/fuzz/$name.log"
}

# Each target for ten seconds, in `./x test`: always from the same seed, so that a run that fails
# differs from the last in the code and not in its luck. `./x fuzz` draws its own.
fuzz_all() {
  local name
  for name in $(fuzz_targets); do
    step "fuzz $name, ten seconds" fuzz_run "$name" 10 -seed=1
  done
}

fuzz_self_check() {
  local name planted=()
  for name in $(fuzz_targets); do planted+=("${name}_fuzz_planted"); done
  fuzz_build "${planted[@]}"
  tally_start
  for name in $(fuzz_targets); do
    step "fuzz $name finds its planted bug" fuzz_finds_planted "$name"
  done
  tally_end
}

fuzz_finds_planted() {
  local name=$1 work started=$SECONDS
  work=$(mktemp -d)
  local seeds=()
  [ -d "fuzz/seeds/$name" ] && seeds=("fuzz/seeds/$name")
  if "build/fuzz/fuzz/${name}_fuzz_planted" -max_total_time=60 -artifact_prefix="$work/" "$work" "${seeds[@]}" \
    >"build/fuzz/$name.planted.log" 2>&1; then
    rm -rf "$work"
    echo "the planted bug of $name was not found in 60 s" >&2
    return 1
  fi
  rm -rf "$work"
  grep -qE 'ERROR: (libFuzzer|AddressSanitizer)|runtime error' "build/fuzz/$name.planted.log" || {
    tail -n 5 "build/fuzz/$name.planted.log" >&2
    return 1
  }
  echo "  found after $((SECONDS - started)) s"
}
