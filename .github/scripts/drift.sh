#!/usr/bin/env bash
# drift.sh STACK: fails when the cluster is not what was last applied, or the commit at hand is not what stands there;
# the report in the summary says which objects. Refreshes for the comparison only: neither state nor cluster change.
set -euo pipefail
status=0
mkdir -p previews
# Without it the comparison ends at the first field that somebody else's tool has taken over, and names that one alone.
export PULUMI_K8S_ENABLE_PATCH_FORCE=true
pulumi preview --stack "$1" --refresh --expect-no-changes --json --show-sames --non-interactive \
  > "previews/$1.json" || status=$?
.github/scripts/report.sh "$1" || status=$?
exit "$status"
