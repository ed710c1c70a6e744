#!/bin/bash
# Everything that is done with Cairn's sources. `./x` alone lists it.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
JOBS=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
CALLER=$PWD
cd "$ROOT"
# shellcheck source=tools/say.sh
. tools/say.sh
# shellcheck source=tools/setup.sh
. tools/setup.sh
# shellcheck source=tools/commands.sh
. tools/commands.sh
# shellcheck source=tools/fuzz.sh
. tools/fuzz.sh
# shellcheck source=tools/coverage.sh
. tools/coverage.sh
# shellcheck source=tools/bench.sh
. tools/bench.sh

usage() {
  cat <<'TEXT'
./x run [ARGS]       set up what is missing, build, start `cairn dev ARGS`
./x test             set up, build, run every test; --asan, --tsan or --clang [FOLDER...]: C++ tests under it
./x build            build/release/cairn
./x bench            the speed figures; --check: each against its bar
./x soak             an hour of use with restarts and kills; --check: against its bars
./x fmt              format all C++ sources; --check: only say which are not
./x lint             formatting, structure and clang-tidy
./x fuzz NAME        run a fuzz target; --seconds N; --self-check: each target finds its planted bug
./x coverage         lines of src/ that the tests run
./x bare             set-up, build and client tests in an empty Debian 12 root (needs root)
./x setup            install everything that any of these needs
./x clean            remove build/
TEXT
}

command=${1:-}
[ $# -gt 0 ] && shift
case $command in
  '' | help | -h | --help) usage ;;
  run | test | build | bench | soak | fmt | lint | fuzz | coverage | bare | setup | clean) "x_$command" "$@" ;;
  *) fail "there is no command '$command'. ./x alone lists what there is." ;;
esac
