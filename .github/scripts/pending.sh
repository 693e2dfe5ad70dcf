#!/usr/bin/env bash
# pending.sh SOURCE TARGET: fails when a value waits for its promotion, with the table in the summary.
set -euo pipefail
status=0
table="$(./ballast promote "$1" "$2" --check)" || status=$?
printf '### %s to %s\n\n```\n%s\n```\n' "$1" "$2" "$table" | tee -a "$GITHUB_STEP_SUMMARY"
if (( status == 3 )); then echo "error: values of $1 wait for $2: ./ballast promote $1 $2" >&2; fi
exit "$status"
