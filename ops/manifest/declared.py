"""Runs the program under mocks and returns what it declared."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pulumi
from pulumi.runtime import mocks, settings

from components.foundation.kubeconfig import Kubeconfig
from components.foundation.provider import recognised_cluster
from components.platform import Platform, PlatformArgs
from components.settings.secrets import SECRETS
from ops.manifest.recorded import PROJECT, Answers, Hooks, Recording, RecordingMonitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.settings.stack import StackSettings


def declare(build: Callable[[], object], *, identity: str, stack: str, preview: bool = False) -> Recording:
    """Return what `build` registers.

    Mocks are set inside the decorated function only: set at import, they would break every later run in which an
    event loop had run. Absence can be asserted on the result, because every registration has landed by then.

    Args:
        build: declares resources.
        identity: UID that the cluster answers with.
        stack: name of the stack, as it stands in URNs.
        preview: whether the program is told that it runs for a preview.
    """
    recording = Recording()

    @pulumi.runtime.test
    def run() -> None:
        answers = Answers(identity)
        mocks.set_mocks(
            answers, project=PROJECT, stack=stack, preview=preview, monitor=RecordingMonitor(answers, recording, stack)
        )
        settings.SETTINGS.callbacks = Hooks(recording)  # pyrefly: ignore
        build()

    # Makes a fault of Python 3.11 rarer, and doesn't end it: docs/decisions/0029-two-workers-and-python-3-11.md.
    collects = gc.isenabled()
    gc.disable()
    try:
        run()
    finally:
        if collects:
            gc.enable()
    return recording


def declare_stack(stack: StackSettings, environment: str, *, identity: str | None = None) -> Recording:
    """Return what the program declares for a stack, on the cluster that the stack names unless told otherwise.

    Args:
        stack: its settings.
        environment: its name.
        identity: UID that the cluster answers with; the one that the settings name unless told otherwise.

    Raises:
        RunError: what the program itself refuses, and two resources of one URN, which the engine would refuse.
    """

    def build() -> None:
        secrets = {key: pulumi.Output.secret(f"value of {key}") for key in SECRETS}
        kubeconfig = Kubeconfig(path="a-kubeconfig", context=stack.cluster.context, server="https://127.0.0.1")
        cluster = recognised_cluster(kubeconfig, stack, f"Pulumi.{environment}.yaml")
        Platform(
            "platform",
            PlatformArgs(environment=environment, stack=stack, secrets=secrets, cluster=cluster.uid),
            opts=pulumi.ResourceOptions(providers=[cluster.provider]),
        )

    recording = declare(build, identity=identity or stack.cluster.identity, stack=environment)
    urns = Counter(resource.urn for resource in recording.resources)
    twice = sorted(urn for urn, count in urns.items() if count > 1)
    if twice:
        raise pulumi.RunError(f"declared twice, so that Pulumi would refuse both: {', '.join(twice)}. Rename one.")
    return recording
