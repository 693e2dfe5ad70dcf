"""The engine of tests in which nothing is killed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolchain.engine import Engine
from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    import subprocess

_LISTED_PACKAGES = Path(__file__).parent / "listed_packages"


class HastyEngine(Engine):
    """Writes the state of a stack once, at the end of a run, and not before and after every step.

    Those writes are 64 of the 85 CPU seconds of an `up` of dev (docs/decisions/0031). What is declared, planned, made
    and refused is the same, and so is the state in the end. What a killed run leaves is not: see interruption_test.py.

    Nor does it let `uv` look after the packages of the project, a copy, and list them: three seconds of each run.
    """

    def run(self, *args: str, **how: Any) -> subprocess.CompletedProcess[str]:
        assert self.project != CHECKOUT, "a copy of the project is changed here, for as long as it takes"
        file = self.project / "Pulumi.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("toolchain: uv", "toolchain: pip"), encoding="utf-8")
        try:
            return super().run(*args, **how)
        finally:
            file.write_text(text, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PULUMI_SKIP_CHECKPOINTS": "true", "PYTHONPATH": str(_LISTED_PACKAGES)}
