#!/usr/bin/env bash
# preview.sh STACK [PULUMI...]: the preview of a stack as JSON in previews/STACK.json, with what stands for `pulumi`.
# Nothing of it is printed: a value that nobody marked as secret would stand in a log for good.
# With what stays the same, because an object that only loses its protection is listed nowhere else; and never as a
# stream, which holds secret outputs in plain text.
# No refresh here: what others changed in the cluster is the nightly's concern, not that of whoever changes the program.
set -euo pipefail
stack="$1"
shift
pulumi=("$@")
if (( ! $# )); then pulumi=(pulumi); fi
mkdir -p previews
unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW
"${pulumi[@]}" preview --stack "$stack" --json --show-sames --non-interactive > "previews/$stack.json"
