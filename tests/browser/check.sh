#!/usr/bin/env bash
# The HTML report in a browser: accessible, readable without JavaScript, quick when it is large, asking for nothing.
# Installs Chromium and two npm packages where they are missing; what follows runs offline.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=target/browser
mkdir -p "$out/node"

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if ((${#missing[@]})); then
  sudo=
  [[ $EUID -eq 0 ]] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
cp tests/browser/package.json tests/browser/check.mjs "$out/node/"
# What was fetched once is not fetched again; package.json names exact versions.
if ! cmp -s tests/browser/package.json "$out/node/fetched.json"; then
  (cd "$out/node" && timeout 300 npm install --loglevel=error --no-package-lock --no-audit --no-fund >/dev/null) || {
    echo "check.sh: the packages of tests/browser/package.json could not be fetched, so nothing was checked" >&2
    exit 1
  }
  cp tests/browser/package.json "$out/node/fetched.json"
fi

# Reports of every kind, and one of a real run.
TRUELINE_SAMPLES=$PWD/$out/samples cargo test --quiet --lib render::html::samples
cargo run --quiet -- run --quiet --reports "$out/run" --report-html "$out/samples/run.html"
CHROMIUM=$(command -v chromium) timeout 600 node "$out/node/check.mjs" "$out"/samples/*.html "$@"
