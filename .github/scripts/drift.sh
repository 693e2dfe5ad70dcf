#!/usr/bin/env bash
# drift.sh STACK: fails when the cluster is not what was last applied, or the commit at hand is not what stands there;
# the report in the summary says which objects. Refreshes for the comparison only: neither state nor cluster change.
# What was seen is noted at the stack, where promotions out of it ask for it.
set -euo pipefail
status=0
mkdir -p previews
# Without it the comparison ends at the first field that somebody else's tool has taken over, and names that one alone.
export PULUMI_K8S_ENABLE_PATCH_FORCE=true
pulumi preview --stack "$1" --refresh --expect-no-changes --json --show-sames --non-interactive \
  > "previews/$1.json" || status=$?
case "$status" in
  0) pulumi stack tag rm ballast:drift --stack "$1" || status=$? ;;
  # The engine's own word for changes that were not expected; whatever else went wrong says nothing about the cluster.
  7) pulumi stack tag set ballast:drift "$(date --utc +%Y-%m-%dT%H:%MZ)" --stack "$1" || status=$? ;;
esac
.github/scripts/report.sh "$1" || status=$?
exit "$status"
