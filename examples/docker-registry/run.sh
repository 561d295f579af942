#!/usr/bin/env bash
# Starts Debian's docker-registry on a loopback port with an empty store, runs trueline against it, stops it.
#
#   run.sh [ARGUMENTS OF trueline run]...
#
#   PORT=5000            the port; a free one where it is not set
#   TRUELINE=path        the binary; else `trueline` of the PATH, else it is built from this repository
#
# The exit code is trueline's; 2 if the registry cannot be started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "run.sh: $1" >&2
  exit 2
}

command -v docker-registry >/dev/null || fail "docker-registry is not installed; apt-get install docker-registry"

if [[ -n "${TRUELINE:-}" ]]; then
  trueline=("$TRUELINE")
elif command -v trueline >/dev/null; then
  trueline=(trueline)
else
  trueline=(cargo run --release --quiet --manifest-path ../../Cargo.toml --)
fi

work=$(mktemp -d)
registry=
: >"$work/log"
stop() {
  if [[ -n "$registry" ]]; then
    kill "$registry" 2>/dev/null || true
    wait "$registry" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

# Port 0 lets the system choose; the registry then logs the port that it got. A job in the background does not
# hear Ctrl-C, so the registry is still there for the clean-up steps of an interrupted run.
REGISTRY_HTTP_ADDR="127.0.0.1:${PORT:-0}" \
REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY="$work/store" \
REGISTRY_AUTH_HTPASSWD_PATH="$PWD/htpasswd" \
  docker-registry serve registry.yml >"$work/log" 2>&1 &
registry=$!

address=
for _ in {1..100}; do
  address=$(sed -n '/listening on/{s/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p;q}' "$work/log")
  [[ -n "$address" ]] && break
  kill -0 "$registry" 2>/dev/null || break
  sleep 0.1
done
if [[ -z "$address" ]]; then
  cat "$work/log" >&2
  fail "the registry did not start"
fi

code=0
"${trueline[@]}" run --target registry --url "http://$address" "$@" || code=$?
exit "$code"
