#!/usr/bin/env bash
# rehearse.sh STACK: brings a local stack up on this runner's own cluster as it was before the change, so that the preview
# that follows shows what the change does to something that stands; nothing stands of a stack that is new. BEFORE is the
# commit to begin with; without it, or where it is gone, the first parent of the commit at hand, which in a pull request
# is the branch it goes to. What doesn't come up as it was is no reason to refuse the change, which may be the repair: the
# cluster is then deleted, and the change previewed on an empty one.
set -euo pipefail
stack="$1"
after="$(git rev-parse HEAD)"
before="$(git rev-parse --verify --quiet "${BEFORE:-HEAD^1}^{commit}" || git rev-parse --verify "HEAD^1^{commit}")"
back() { git checkout --quiet --detach "$after"; }
trap back EXIT
git checkout --quiet --detach "$before"
stood=yes
if [[ -f "Pulumi.$stack.yaml" ]]; then make up STACK="$stack" || stood=no; fi
back
if [[ "$stood" == no ]]; then
  echo "::warning::$stack did not come up as it was at $before, so the change meets an empty cluster: what it replaces or" \
    "deletes is not seen"
  python3 -m toolchain clean
fi
python3 -m toolchain prepare --stack "$stack"
