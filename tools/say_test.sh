#!/bin/bash
# The tally of steps: what fails is counted and named, and the last line is the counts alone.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
. ./say.sh
unset CAIRN_FAILURES # that of the run this is a test of
failures=0

expect() { # expect WHAT WANTED GOT
  if [ "$2" != "$3" ]; then
    printf '%s: wanted\n%s\ngot\n%s\n' "$1" "$2" "$3"
    failures=1
  fi
}

counts() { echo "$1 $2" >>"$CAIRN_STEP_COUNTS"; }
counts_and_fails() { counts 2 0 && return 1; }
leaves() { fail "and says why"; }
nested() { (tally_start && step inner counts 3 1 && tally_end); }

run() { # run STEP...: the counts of these steps, and the status
  (
    tally_start
    for name in "$@"; do step "$name" $name; done
    tally_end
    echo "status $?"
  ) 2>/dev/null
}

expect "a step without counts is one" $'1 passed, 0 failed\nstatus 0' "$(run true)"
expect "a failure is named" $'failed: false\n1 passed, 1 failed\nstatus 1' "$(run true false)"
expect "a failure beside passed counts is one" $'failed: counts_and_fails\n2 passed, 1 failed\nstatus 1' "$(run counts_and_fails)"
expect "a step may leave the shell" $'failed: leaves\n1 passed, 1 failed\nstatus 1' "$(run leaves true)"
expect "inner counts reach the outer tally" $'failed: nested\n3 passed, 1 failed\nstatus 1' "$(run nested | grep -v inner | tail -n 3)"
CAIRN_FAILURES=$(mktemp)
export CAIRN_FAILURES
speaks() { echo "last words" && false; }
nested_failure() { (tally_start && step inner speaks && tally_end); }
run true counts_and_fails nested_failure >/dev/null
expect "the last words of each failure are kept once" $'counts_and_fails:\ninner:\n  last words' "$(cat "$CAIRN_FAILURES")"
rm -f "$CAIRN_FAILURES"
exit $failures
