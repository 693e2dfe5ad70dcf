#!/usr/bin/env bash
# What the stack files say, for the jobs that follow: `local` (stacks on the cluster of whoever runs them), `clusters`
# (stacks on one of their own) and the same by tier (`dev`, `staging`, `prod`), each in the order in which values come to
# them, and `promotions` from one to the next.
set -euo pipefail
answer="$(./ballast stacks --json)"
{
  jq -r '"local=\([.stacks[] | select(.local) | .name] | tojson)"' <<< "$answer"
  jq -r '"clusters=\([.stacks[] | select(.local | not) | .name] | tojson)"' <<< "$answer"
  for tier in dev staging prod; do
    jq -r --arg tier "$tier" '"\($tier)=\([.stacks[] | select(.tier == $tier and (.local | not)) | .name] | tojson)"' \
      <<< "$answer"
  done
  jq -r '"promotions=\([.stacks[] | select(.promotesFrom) | {source: .promotesFrom, target: .name}] | tojson)"' \
    <<< "$answer"
} >> "$GITHUB_OUTPUT"
