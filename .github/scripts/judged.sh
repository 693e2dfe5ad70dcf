#!/usr/bin/env bash
# Fails where nothing could be judged: NEEDS is what became of the jobs before. Writes into judge.txt which files of the
# change, checked out in `change`, belong to what judges it.
set -euo pipefail
git -C change diff --name-only HEAD^1 HEAD -- .github delivery ops components/settings toolchain > judge.txt
affected="$(jq -r '.affected.result' <<< "$NEEDS")"
case "$affected" in
  success) ;;
  skipped)
    echo "error: a fork's change is not previewed: read it, then push its commits to a branch of this repository" >&2
    exit 1 ;;
  *)
    echo "error: the job affected ended as $affected, so nobody knows which environments this change touches" >&2
    exit 1 ;;
esac
