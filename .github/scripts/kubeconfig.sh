#!/usr/bin/env bash
# kubeconfig.sh STACK: writes the kubeconfig and the context that the stack file names, for the EKS cluster CLUSTER_NAME.
# Whether it is the right cluster is not decided here: the program compares its identity before it changes anything.
set -euo pipefail
read -r kubeconfig context < <(.venv/bin/python - "Pulumi.$1.yaml" <<'END'
import sys
from pathlib import Path

import yaml

cluster = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))["config"]["ballast:cluster"]
print(Path(cluster["kubeconfig"]).expanduser(), cluster["context"])
END
)
aws eks update-kubeconfig --name "$CLUSTER_NAME" --kubeconfig "$kubeconfig" --alias "$context"
