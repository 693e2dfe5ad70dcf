#!/usr/bin/env bash
# rehearse.sh STACK: brings a local stack up on this runner's own cluster as it was before the change, so that the preview
# that follows shows what the change does to something that stands; nothing stands of a stack that is new. BEFORE is the
# commit to begin with; without it, or where it is gone, the first parent of the commit at hand, which in a pull request
# is the branch it goes to.
set -euo pipefail
stack="$1"
after="$(git rev-parse HEAD)"
before="$(git rev-parse --verify --quiet "${BEFORE:-HEAD^1}^{commit}" || git rev-parse --verify "HEAD^1^{commit}")"
back() { git checkout --quiet --detach "$after"; }
trap back EXIT
git checkout --quiet --detach "$before"
if [[ -f "Pulumi.$stack.yaml" ]]; then make up STACK="$stack"; fi
back
python3 -m toolchain packages
./ballast check "Pulumi.$stack.yaml"
