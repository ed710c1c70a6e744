# How `./x` speaks: what it does, and what to do when it cannot go on.

say() { printf '==> %s\n' "$*" >&2; }

# fail SENTENCE: stops with the sentence, which says what to do.
fail() {
  printf 'x: %s\n' "$*" >&2
  exit 1
}

# The tally of a run: one line "passed failed name" a step, and the minutes of each.
tally_start() {
  TALLY=$(mktemp)
  MINUTES=$(mktemp)
  trap 'rm -f "$TALLY" "$MINUTES"' EXIT
}

# step NAME COMMAND...: runs it and adds its counts to the tally. A command that writes no counts of
# its own to $CAIRN_STEP_COUNTS counts as one. The last words of one that fails are kept in
# $CAIRN_FAILURES, where that is set.
step() {
  local name=$1 started=$SECONDS status=0 counts
  shift
  counts=$(mktemp)
  say "$name"
  (CAIRN_STEP_COUNTS=$counts && export CAIRN_STEP_COUNTS && with_last_words "$name" "$@") </dev/null || status=$?
  if [ ! -s "$counts" ]; then
    if [ $status = 0 ]; then echo "1 0" >"$counts"; else echo "0 1" >"$counts"; fi
  elif [ $status != 0 ] && awk '{f += $2} END {exit f != 0}' "$counts"; then
    echo "0 1" >>"$counts"
  fi
  awk -v name="$name" '{print $1, $2, name}' "$counts" >>"$TALLY"
  printf '%5.1f min  %s\n' "$(awk "BEGIN {print ($SECONDS - $started) / 60}")" "$name" >>"$MINUTES"
  rm -f "$counts"
  [ $status = 0 ] || printf 'x: failed: %s\n' "$name" >&2
}

# with_last_words NAME COMMAND...: a step within it that failed has told more already.
with_last_words() {
  local name=$1 kept=${CAIRN_FAILURES:-} status words before
  shift
  [ -n "$kept" ] || {
    "$@"
    return
  }
  words=$(mktemp)
  before=$(wc -c <"$kept")
  ("$@") 2>&1 | tee "$words"
  status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || [ "$(wc -c <"$kept")" != "$before" ] ||
    { echo "$name:" && tail -n 40 "$words" | cut -c 1-300 | sed 's/^/  /'; } >>"$kept"
  rm -f "$words"
  return "$status"
}

# tally_end: prints the line of counts, also for an outer step; its status says whether all passed.
tally_end() {
  [ -z "${CAIRN_STEP_COUNTS:-}" ] || awk '{p += $1; f += $2} END {print p + 0, f + 0}' "$TALLY" >>"$CAIRN_STEP_COUNTS"
  awk '$2 > 0 {sub(/^[0-9]+ [0-9]+ /, ""); print "failed: " $0}' "$TALLY"
  awk '{p += $1; f += $2} END {printf "%d passed, %d failed\n", p, f; exit f != 0}' "$TALLY"
}
