#!/usr/bin/env bash
# Which stacks a pull request can touch, for the jobs that follow: `stacks`, `dev` and `clusters` (all but dev, whose
# cluster is the runner's own). The reasons stand in the summary.
set -euo pipefail
answer="$(./ballast affected --base "origin/$GITHUB_BASE_REF" --json)"
{
  jq -r '"stacks=\(.stacks | tojson)"' <<< "$answer"
  jq -r '"dev=\(.stacks | index("dev") != null)"' <<< "$answer"
  jq -r '"clusters=\(.stacks - ["dev"] | tojson)"' <<< "$answer"
} >> "$GITHUB_OUTPUT"
{
  echo "### Stacks that this change can touch"
  printf '```json\n%s\n```\n' "$(jq . <<< "$answer")"
} >> "$GITHUB_STEP_SUMMARY"
