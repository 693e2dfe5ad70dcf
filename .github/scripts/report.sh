#!/usr/bin/env bash
# report.sh STACK...: one report over the previews of these stacks, in report.md and in the summary; fails when data
# would be lost without a waiver, when a preview failed, and when one is missing.
set -euo pipefail
status=0
there=()
missing=()
for stack in "$@"; do
  if [[ -s "previews/$stack.json" ]]; then there+=("$stack=previews/$stack.json"); else missing+=("$stack"); fi
done
rm -f report.md
if (( ${#there[@]} )); then
  ./ballast preview-report "${there[@]}" --output report.md || status=$?
  # It was refused and said why; comment.py tells that there is none.
  if [[ ! -f report.md ]]; then exit "$status"; fi
else
  echo '<!-- ballast-preview -->' > report.md
fi
for stack in "${missing[@]}"; do
  status=1
  # A preview that no job could make is no preview without changes.
  printf '\n**%s has no preview**: its job failed before one was made.\n' "$stack" >> report.md
done
cat report.md >> "$GITHUB_STEP_SUMMARY"
exit "$status"
