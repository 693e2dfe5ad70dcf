"""The engine of tests in which nothing is killed."""

from __future__ import annotations

from toolchain.engine import Engine


class HastyEngine(Engine):
    """Writes the state of a stack once, at the end of a run, and not before and after every step.

    Those writes are 64 of the 85 CPU seconds of an `up` of dev (docs/decisions/0031). What is declared, planned, made
    and refused is the same, and so is the state in the end. What a killed run leaves is not: see interruption_test.py.
    """

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PULUMI_SKIP_CHECKPOINTS": "true"}
