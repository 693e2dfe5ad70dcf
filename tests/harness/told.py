"""What jobs are told: what the program renders for a stack file, read by the class with which the job reads it."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from components.foundation.jobkit.config import decoded, encoded
from components.foundation.jobkit.context import JobContext
from tests.harness.declare import real_stack

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.recorded import Recording

Config = TypeVar("Config")


def rendered(stack: Recording, job: str) -> dict[str, Any]:
    """Return the content of a job's `config.json`."""
    return json.loads(stack.one("ConfigMap", f"{job}-config").inputs["data"]["config.json"])


@cache
def told(kind: type[Config], job: str, stack: str = "prod") -> Config:
    """Return what a job of a real stack is told."""
    return decoded(kind, rendered(real_stack(stack), job), job)


def changed(config: Config, **changes: Any) -> Config:
    """Return what a job is told with other values, those that this kind of job knows."""
    assert dataclasses.is_dataclass(config)
    assert not isinstance(config, type)
    known = {field.name for field in dataclasses.fields(config)}
    return dataclasses.replace(config, **{name: value for name, value in changes.items() if name in known})


def write(config: object, path: Path) -> Path:
    """Write what a job is told as its pod mounts it."""
    path.write_text(json.dumps(encoded(config)))
    return path


def job(config: Config, kubernetes: Kubernetes, **fields: Any) -> JobContext[Config]:
    """Return one run of a job beside a Kubernetes API of the test's own."""
    context = JobContext(config, **fields)
    context.__dict__["kubernetes"] = kubernetes
    return context
