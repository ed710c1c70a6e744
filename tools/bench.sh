# ./x bench: speed. Every program prints its figures; with --check also each bar and PASS or MISS.

ANVIL=node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil

x_bench() {
  local check='' only=''
  while [ $# -gt 0 ]; do
    case $1 in
      --check) check=--check ;;
      --instructions) only=instructions ;;
      *) fail "./x bench takes --check and --instructions (the EVM's instruction counts alone), not '$1'." ;;
    esac
    shift
  done
  setup build test tools
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  tally_start
  compile release evm_instructions
  # shellcheck disable=SC2086
  step "instructions of the EVM, by callgrind" python3 bench/evm_instructions.py \
    --program build/release/bench/evm_instructions --jobs "$JOBS" $check
  if [ -z "$only" ]; then
    compile release all
    bench_programs "$check"
  fi
  tally_end
}

# Timings: one after the other, with the machine to themselves.
bench_programs() {
  local check=$1 program
  step "JSON-RPC: start, latency, memory" bench_bars "$check" rpc_latency build/release/cairn build/rpc_latency
  step "JSON-RPC: logs of 100,000 blocks" bench_bars "$check" log_query build/release/cairn build/log_query
  step "JSON-RPC: a thousand subscribers" bench_bars "$check" head_subscribers build/release/cairn build/head_subscribers
  step "JSON-RPC: cost beside anvil's" bench_bars "$check" rpc_cost build/release/cairn "$ANVIL" build/rpc_cost
  for program in build/release/bench/*_bench; do
    step "$(basename "$program")" "$program"
  done
}

# Its exit code says whether every bar is met, which counts only with --check.
bench_bars() {
  local check=$1 program=$2
  shift 2
  "build/release/bench/$program" "$@" || [ -z "$check" ]
}

# ./x soak: an hour of a dev chain's life; further arguments go to bench/soak.cpp.
x_soak() {
  setup build test
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  compile release cairn soak
  build/release/bench/soak build/release/cairn build/soak "$@"
}
