#!/usr/bin/env bash
# What a pull request changes in the declared objects, without a cluster: the difference goes into the summary, then the
# golden files are held against the program, so that a stale one doesn't hide what it shows. Fails on either.
set -euo pipefail
status=0
./ballast manifest --all --diff "origin/$GITHUB_BASE_REF" >> "$GITHUB_STEP_SUMMARY" || status=$?
./ballast manifest --all --check || status=$?
exit "$status"
