"""Runs a piece of the program under mocks and returns what it declared."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.manifest import declared
from ops.stack_files import known_stacks
from tests.harness.recorded import LateHooks, Recording
from tests.harness.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.observability.loki.settings import LokiSettings
    from components.settings.stack import StackSettings
    from tests.harness.stored import Stored

PROJECT = Path(__file__).resolve().parents[2]
STACKS = tuple(known_stacks(PROJECT))
SECRETS_OF_PROD = SECRETS.keys() - {
    "alertmanagerWebhookUrl",
    "imagePullConfig",
    "objectStoreAccessKey",
    "objectStoreSecretKey",
    "opensearchApplicationsPassword",
}
"""All but those of sections that prod's stack file leaves out."""
IDENTITY = "11111111-2222-4333-8444-555555555555"


def declare(build: Callable[[], object], *, identity: str = IDENTITY, preview: bool = False) -> Recording:
    """Return what `build` registers."""
    return Recording.of(declared.declare(build, identity=identity, stack="test", preview=preview))


@cache
def real_stack(name: str) -> Recording:
    """Return what the program declares for a real stack file.

    Declared once for each state of the code and read from a file by every other process, because it takes seconds and
    nobody changes a recording. Hooks are functions and can't be read from a file: whoever calls one declares again.
    """
    resources, outputs = stored(name, lambda: _storable(declare_stack(stack_settings(name), name)))
    return Recording(resources, outputs, LateHooks(lambda: declare_stack(stack_settings(name), name).hooks))


def _storable(recording: Recording) -> Stored:
    return recording.resources, recording.outputs


def stack_settings(name: str) -> StackSettings:
    """Return the settings of a real stack file, whose secrets only its key could open."""
    return read_stack(PROJECT / f"Pulumi.{name}.yaml", secrets=SECRETS)


def loki_settings(name: str, **changes: Any) -> LokiSettings:
    """Return what a real stack file says of Loki, changed."""
    settings = stack_settings(name).loki
    assert settings is not None, f"Pulumi.{name}.yaml has no loki"
    return settings.model_copy(update=changes)


def declare_stack(stack: StackSettings, environment: str, *, identity: str | None = None) -> Recording:
    """Return what the program declares for a stack, on the cluster that the stack names unless told otherwise."""
    return Recording.of(declared.declare_stack(stack, environment, identity=identity))
