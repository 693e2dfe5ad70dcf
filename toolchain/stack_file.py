"""The little that the toolchain has to know about a stack before the platform's own code runs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from pathlib import Path

# PyYAML lives in the project's virtual environment only; this module runs without it.
_READER = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
LOCAL = "local"


@dataclass(frozen=True)
class StackFile:
    """Which cluster a stack belongs to: its identity (`local`: the toolchain's own) and its zones."""

    identity: str
    zones: tuple[str, ...]

    @property
    def is_local(self) -> bool:
        """Whether the stack belongs to the toolchain's own cluster; only then may it be started or touched."""
        return self.identity == LOCAL


def stack_path(checkout: Path, stack: str) -> Path:
    """The file of a stack.

    Raises:
        ToolchainError: there is none; the message names those there are.
    """
    path = checkout / f"Pulumi.{stack}.yaml"
    if not path.exists():
        known = sorted(found.name.split(".")[1] for found in checkout.glob("Pulumi.*.yaml"))
        raise ToolchainError(f"there is no {path.name} in {checkout}; the stacks are: {', '.join(known) or 'none'}")
    return path


def read(path: Path, python: Path) -> StackFile:
    """Read the cluster of a stack file that was found to be valid.

    Raises:
        ToolchainError: the file is not YAML, or names no cluster.
    """
    result = subprocess.run(  # noqa: S603 - the project's own Python
        [str(python), "-c", _READER, str(path)], capture_output=True, text=True, check=False
    )
    try:
        cluster = json.loads(result.stdout)["config"]["ballast:cluster"]
        return StackFile(identity=cluster["identity"], zones=tuple(cluster["zones"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ToolchainError(
            f"{path.name}: config, ballast:cluster must hold identity and zones; without them no cluster is touched"
        ) from error
