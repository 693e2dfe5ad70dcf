#!/usr/bin/env bash
# Brings dev up on this runner's own cluster as it was before the change, so that the preview that follows shows what
# the change does to something that stands. BEFORE is the commit to begin with; without it, or where it is gone, the
# first parent of the commit at hand, which in a pull request is the branch it goes to.
set -euo pipefail
after="$(git rev-parse HEAD)"
before="$(git rev-parse --verify --quiet "${BEFORE:-HEAD^1}^{commit}" || git rev-parse --verify "HEAD^1^{commit}")"
back() { git checkout --quiet --detach "$after"; }
trap back EXIT
git checkout --quiet --detach "$before"
make up
back
python3 -m toolchain packages
./ballast check Pulumi.dev.yaml
