#!/usr/bin/env bash
# newest.sh STACK: refuses to apply a commit that is older than the one which the stack carries, as a run would that
# waited for its approval while a later one went by.
set -euo pipefail
carried="$(pulumi stack history --stack "$1" --output json --page-size 1 | jq -r '.[0].environment["git.head"] // empty')"
if [[ -n "$carried" && "$carried" != "$GITHUB_SHA" ]] && git merge-base --is-ancestor "$GITHUB_SHA" "$carried"; then
  echo "error: $1 carries $carried, which is later than $GITHUB_SHA; nothing was changed. Going back is a commit that reverts." >&2
  exit 1
fi
