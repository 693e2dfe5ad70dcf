#!/usr/bin/env bash
# Builds the programs that PROGRAMS names, apart by spaces, and puts Pulumi with what it starts on the PATH of later
# steps: its Python host, uv, and the Python of this project.
set -euo pipefail
read -ra names <<< "$PROGRAMS"
python3 -m toolchain build --only "${names[@]}"
python3 - >> "$GITHUB_PATH" <<'END'
from toolchain.paths import CHECKOUT
from toolchain.python_tools import find_uv
from toolchain.toolbox import require

folders = [require("pulumi").parent, require("pulumi-language-python").parent, find_uv().parent]
print(*folders, CHECKOUT / ".venv" / "bin", sep="\n")
END
