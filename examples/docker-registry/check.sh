#!/usr/bin/env bash
# Runs the example and compares every finding with expected-findings.txt, so that a finding that trueline misses or
# invents is noticed. Needs docker-registry; the exit code is 0 if nothing differs.
#
#   TRUELINE_UPDATE_FINDINGS=1 check.sh    writes expected-findings.txt anew
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
name=docker_registry::the_registry_breaks_its_documentation_exactly_where_it_is_known_to
told=$(cargo test --quiet --test it -- --ignored --exact "$name" </dev/null 2>&1) || { printf '%s\n' "$told" >&2; exit 1; }
# A test that is no longer there would pass as well.
case $told in
  *' 1 passed;'*) ;;
  *) printf '%s\ncheck.sh: %s was not run\n' "$told" "$name" >&2; exit 1 ;;
esac
if [[ -n "${TRUELINE_UPDATE_FINDINGS:-}" ]]; then
  echo "expected-findings.txt is written"
else
  echo "the Docker registry breaks its documentation exactly where expected-findings.txt says"
fi
