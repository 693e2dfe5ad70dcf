#!/usr/bin/env bash
# changes.sh STACK: says whether there is anything to apply (`changes`), by its preview and by the digest of promoted
# values that its last update carried; nobody is asked to approve nothing. Reads change nothing, and every preview has some.
set -euo pipefail
operations="$(jq '[.changeSummary // {} | to_entries[] | select(.key | IN("same", "read") | not)] | length' "previews/$1.json")"
carried="$(pulumi stack output promotionDigest --stack "$1" || true)"
declared="$(.venv/bin/python - "$1" <<'END'
import sys
from pathlib import Path

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from components.settings.promotion import promotion_digest

print(promotion_digest(read_stack(Path(f"Pulumi.{sys.argv[1]}.yaml"), SECRETS)))
END
)"
if [[ "$operations" == 0 && "$carried" == "$declared" ]]; then changes=false; else changes=true; fi
echo "changes=$changes" >> "$GITHUB_OUTPUT"
echo "$1: $operations kinds of operations, promoted values $([[ "$carried" == "$declared" ]] && echo as applied || echo new)"
