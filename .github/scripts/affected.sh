#!/usr/bin/env bash
# Which stacks a pull request can touch, for the jobs that follow: `stacks`, and of these `local`, whose cluster is the
# runner's own, and `clusters`, all others. The reasons stand in the summary.
set -euo pipefail
answer="$(./ballast affected --base "origin/$GITHUB_BASE_REF" --json)"
own="$(./ballast stacks --json | jq '[.stacks[] | select(.local) | .name]')"
{
  jq -r '"stacks=\(.stacks | tojson)"' <<< "$answer"
  jq -r --argjson own "$own" '"local=\(.stacks - (.stacks - $own) | tojson)"' <<< "$answer"
  jq -r --argjson own "$own" '"clusters=\(.stacks - $own | tojson)"' <<< "$answer"
} >> "$GITHUB_OUTPUT"
{
  echo "### Stacks that this change can touch"
  printf '```json\n%s\n```\n' "$(jq . <<< "$answer")"
} >> "$GITHUB_STEP_SUMMARY"
