"""Runs a piece of the program under mocks and returns what it declared."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
from pulumi.runtime import mocks, settings

from components.foundation.kubeconfig import Kubeconfig
from components.foundation.provider import recognised_cluster
from components.platform import Platform, PlatformArgs
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from tests.harness.recorded import Answers, Hooks, Recording, RecordingMonitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.settings.stack import StackSettings

PROJECT = Path(__file__).resolve().parents[2]
STACKS = ("dev", "staging", "prod")
IDENTITY = "11111111-2222-4333-8444-555555555555"


def declare(build: Callable[[], object], *, identity: str = IDENTITY, preview: bool = False) -> Recording:
    """Return what `build` registers.

    Mocks are set inside the decorated function only: set at import, they would break every later test in which an
    event loop had run. Absence can be asserted on the result, because every registration has landed by then.
    """
    recording = Recording()

    @pulumi.runtime.test
    def run() -> None:
        answers = Answers(identity)
        mocks.set_mocks(
            answers, project="ballast", stack="test", preview=preview, monitor=RecordingMonitor(answers, recording)
        )
        settings.SETTINGS.callbacks = Hooks(recording)  # pyrefly: ignore
        build()

    run()
    return recording


@cache
def real_stack(name: str) -> Recording:
    """Return what the program declares for a real stack file; once per process, because nobody changes a recording."""
    return declare_stack(stack_settings(name))


def stack_settings(name: str) -> StackSettings:
    """Return the settings of a real stack file, whose secrets only its key could open."""
    return read_stack(PROJECT / f"Pulumi.{name}.yaml", secrets=SECRETS)


def declare_stack(stack: StackSettings, *, identity: str | None = None) -> Recording:
    """Return what the program declares for a stack, on the cluster that the stack names unless told otherwise."""

    def build() -> None:
        secrets = {key: pulumi.Output.secret(f"value of {key}") for key in SECRETS}
        kubeconfig = Kubeconfig(path="a-kubeconfig", context=stack.cluster.context, server="https://127.0.0.1")
        cluster = recognised_cluster(
            kubeconfig, stack.cluster.identity, stack.cluster.storage_class, f"Pulumi.{stack.environment}.yaml"
        )
        Platform(
            "platform",
            PlatformArgs(stack=stack, secrets=secrets, cluster=cluster.uid),
            opts=pulumi.ResourceOptions(providers=[cluster.provider]),
        )

    return declare(build, identity=identity or stack.cluster.identity)
