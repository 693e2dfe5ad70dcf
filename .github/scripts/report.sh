#!/usr/bin/env bash
# report.sh STACK...: one report over the previews of these stacks, in report.md and in the summary; fails when data
# would be lost without a waiver, when a preview failed, and when one is missing.
set -euo pipefail
status=0
rm -f report.md
previews=()
for stack in "$@"; do previews+=("$stack=previews/$stack.json"); done
./ballast preview-report "${previews[@]}" --output report.md || status=$?
# Where it was refused it said why; comment.py tells that there is none.
if [[ -f report.md ]]; then cat report.md >> "$GITHUB_STEP_SUMMARY"; fi
exit "$status"
