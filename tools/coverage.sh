# ./x coverage: which lines of src/ the tests run, by llvm-cov.

COVERAGE_BAR=90 # per cent of lines

x_coverage() {
  setup build test tools
  configure coverage
  compile coverage all
  local profiles=$ROOT/build/coverage/profiles
  rm -rf "$profiles"
  mkdir -p "$profiles"
  # %m: one file a program, which its processes merge into.
  LLVM_PROFILE_FILE=$profiles/%m.profraw CAIRN_CONFORMANCE_TENTH=1 \
    python3 tools/run_tests.py build/coverage --jobs "$JOBS" --except '^(layers|structure|test_runner|tally|readme)$' || fail "tests failed: coverage counts only when they pass."
  llvm-profdata-19 merge -sparse "$profiles"/*.profraw -o build/coverage/profile
  coverage_report | tee build/coverage/report.txt
  awk -v bar=$COVERAGE_BAR '$1 == "TOTAL" {sub("%", "", $NF); ok = $NF >= bar; printf "%s %% of the lines of src/, bar %d %%: %s\n", $NF, bar, ok ? "PASS" : "MISS"; exit !ok}' \
    build/coverage/report.txt
}

# A line a file with its share of lines run, worst first, then the total.
coverage_report() {
  local objects=() program
  for program in build/coverage/tests/*_test build/coverage/cairn; do
    [ -x "$program" ] && objects+=(-object "$program")
  done
  llvm-cov-19 export -summary-only -instr-profile build/coverage/profile "${objects[@]:1}" \
    -ignore-filename-regex '/(tests|build|node_modules)/|^/usr/' |
    python3 -c '
import json, os, sys
data = json.load(sys.stdin)["data"][0]
inside = [f for f in data["files"] if f["filename"].startswith(os.getcwd() + "/src/")]
for f in sorted(inside, key=lambda f: f["summary"]["lines"]["percent"])[:25]:
    lines = f["summary"]["lines"]
    print("%6.1f %%  %4d of %4d  %s" % (lines["percent"], lines["covered"], lines["count"], os.path.relpath(f["filename"])))
count = sum(f["summary"]["lines"]["count"] for f in inside)
covered = sum(f["summary"]["lines"]["covered"] for f in inside)
print("TOTAL %d of %d lines %.1f%%" % (covered, count, 100 * covered / max(count, 1)))'
}
