"""The workflows and actions of `.github`, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITHUB = CHECKOUT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
SCRIPTS = sorted(path for path in (GITHUB / "scripts").iterdir() if path.is_file())


@dataclass(frozen=True)
class Step:
    """One step of a job, or of an action."""

    file: Path
    job: str
    content: dict[str, Any]
    environment: dict[str, str]

    @property
    def run(self) -> str:
        return self.content.get("run", "").strip()

    @property
    def uses(self) -> str:
        return self.content.get("uses", "")

    def __str__(self) -> str:
        return f"{self.file.parent.name}/{self.file.name} {self.job}: {self.run or self.uses}"


def load(path: Path) -> dict[Any, Any]:
    """A workflow or action; YAML 1.1 reads its key `on` as True."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Every job of every workflow."""
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield path, name, job


def steps() -> Iterator[Step]:
    """Every step of every job and of every action of our own."""
    for path, name, job in jobs():
        for content in job.get("steps", []):
            yield Step(path, name, content, {**job.get("env", {}), **content.get("env", {})})
    for path in ACTIONS:
        for content in load(path)["runs"]["steps"]:
            yield Step(path, "action", content, content.get("env", {}))
