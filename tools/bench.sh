# ./x bench: speed. Every program prints its figures; with --check also each bar and PASS or MISS.

ANVIL=node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil

x_bench() {
  local check='' only='' peers=''
  while [ $# -gt 0 ]; do
    case $1 in
      --check) check=--check ;;
      --instructions) only=instructions ;;
      --peers) peers=peers ;;
      *) fail "./x bench takes --check, --instructions (the EVM's instruction counts alone) and --peers (geth, ethclient and web3.py, where Go and Python are), not '$1'." ;;
    esac
    shift
  done
  setup build test tools
  configure release -DCAIRN_TESTS=ON -DCAIRN_BENCH=ON
  tally_start
  if [ -n "$peers" ]; then
    compile release cairn rpc_cost
    bench_peers "$check"
    tally_end
    return
  fi
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
  step "blocks of the worst case" bench_bars "$check" block_execution "${CAIRN_FIXTURES:-../shared/fixtures}"
  step "JSON-RPC: start, latency, memory" bench_bars "$check" rpc_latency build/release/cairn build/rpc_latency
  step "JSON-RPC: logs of 100,000 blocks" bench_bars "$check" log_query build/release/cairn build/log_query
  step "JSON-RPC: a thousand subscribers" bench_bars "$check" head_subscribers build/release/cairn build/head_subscribers
  step "JSON-RPC: transfers beside heavy calls" bench_bars "$check" heavy_calls build/release/cairn build/heavy_calls
  step "JSON-RPC: proofs of a million accounts" bench_bars "$check" proofs build/release/cairn build/proofs
  step "callTracer beside plain execution" bench_bars "$check" trace_cost "${CAIRN_FIXTURES:-../shared/fixtures}"
  step "the table of appearances" bench_bars "$check" appearances "${CAIRN_FIXTURES:-../shared/fixtures}" build/appearances
  step "JSON-RPC: memory while traces are sent" bench_bars "$check" trace_stream build/release/cairn "${CAIRN_FIXTURES:-../shared/fixtures}" build/trace_stream
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

# Programs of other registries, pinned in bench/peers; nothing else needs them.
bench_peers() {
  local check=$1 built=$ROOT/build/peers
  mkdir -p "$built"
  if [ -n "$(command -v go)" ]; then
    say "building geth and a client on its ethclient"
    (cd bench/peers && go build -o "$built/geth" github.com/ethereum/go-ethereum/cmd/geth && go build -o "$built/ethclient" .) ||
      fail "go could not build the peers in bench/peers (its words are above)."
    step "cost beside anvil's and geth's" bench_bars "$check" rpc_cost build/release/cairn "$ANVIL" build/rpc_cost "$built/geth"
    step "go-ethereum's ethclient" bench_client "$built/ethclient"
  else
    say "no Go here: geth and ethclient are left out"
  fi
  if [ -n "$(command -v python3)" ] && python3 -m venv "$built/python" && "$built/python/bin/pip" install -q -r bench/peers/requirements.txt; then
    step "web3.py" bench_client "$built/python/bin/python" bench/peers/client.py
  else
    say "no Python with venv and pip here: web3.py is left out"
  fi
}

# A client program against a chain of its own.
bench_client() {
  local folder=build/peers/chain node status=0
  rm -rf "$folder"
  build/release/cairn dev --port 0 --datadir "$folder" --silent &
  node=$!
  until [ -s "$folder/rpc.url" ]; do
    kill -0 $node || return 1
    sleep 0.05
  done
  "$@" "$(sed 's/.*://' "$folder/rpc.url")" build/release/bench/contracts/Token.json 500 || status=1
  kill -TERM $node
  wait $node || status=1
  return $status
}
