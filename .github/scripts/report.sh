#!/usr/bin/env bash
# report.sh STACK...: one report over the previews of these stacks, in report.md and in the summary; fails when data
# would be lost without a waiver (WAIVERS, or those of this checkout), when a preview failed, and when one is missing.
set -euo pipefail
status=0
rm -f report.md
if (( ! $# )); then
  printf '<!-- ballast-preview -->\n## Preview: this change touches no environment\n' > report.md
  exit 0
fi
previews=()
for stack in "$@"; do previews+=("$stack=previews/$stack.json"); done
./ballast preview-report "${previews[@]}" --waivers "${WAIVERS:-delivery/waivers.yaml}" --output report.md || status=$?
# Where it was refused it said why; comment.py tells that there is none.
if [[ -f report.md ]]; then cat report.md >> "$GITHUB_STEP_SUMMARY"; fi
exit "$status"
