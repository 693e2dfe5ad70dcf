"""The gate that builds: the program runs on both states of the target's file, and nothing that holds data is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ops.promotion.gates import Answer, Mark
from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ops.promotion.proposal import Proposal

GATE = "buildable"

BUILD_SECONDS = 120
"""How long the program may take without an engine; 3 to 10 s are usual on two cores."""

_FIXED = {"kind": "kind", "namespace": "namespace", "object": "name", "parent": "parent"}
_GUARDS = {"protect": "Pulumi's protection", "retainOnDelete": "the order to keep it when it is let go"}


class _UnbuiltError(Exception):
    """The program gave no list; one sentence says why."""


def buildable(proposal: Proposal) -> Answer:
    """The program accepts the edited file, and declares every object with data under its name, parent and shape."""
    try:
        before, after = _declared(proposal)
    except _UnbuiltError as error:
        return Answer(GATE, Mark.REFUSED, (str(error),))
    kept = sum(1 for entry in before if entry["dataBearing"])
    return Answer.judged(GATE, lost(before, after), f"{len(after)} resources, {kept} with data as they were")


def not_built() -> Answer:
    """What stands in its place while nobody asked."""
    return Answer(GATE, Mark.NOT_ASKED, ("takes seconds; runs with --build and before --write",))


def lost(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one sentence for each object with data that would go, move or be replaced.

    Args:
        before: what `python -m ops.manifest` says of the target's file.
        after: the same of the edited file.
    """
    later = {urn: entry for entry in after for urn in (entry["urn"], *entry["aliases"])}
    yield from _under_two_names(before, after, later)
    for entry in before:
        if not entry["dataBearing"]:
            continue
        name = f"{entry['kind']} {entry['namespace']}/{entry['object']}".replace(" /", " ")
        now = later.get(entry["urn"])
        if now is None:
            yield f"{name} holds data and would be gone, or be another resource to Pulumi ({entry['urn']})"
            continue
        for key, noun in _FIXED.items():
            if entry[key] != now[key]:
                yield f"{name} holds data and would get another {noun}: {now[key]}"
        for key, noun in _GUARDS.items():
            if entry[key] and not now[key]:
                yield f"{name} holds data and would lose {noun}"
        was, becomes = entry["replaceKeys"], now["replaceKeys"]
        for path in sorted(was.keys() | becomes.keys()):
            if was.get(path) != becomes.get(path):
                yield f"{name} holds data and would be replaced, because {path} changes"


def _under_two_names(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], later: Mapping[str, Any]
) -> Iterator[str]:
    """Yield one sentence for each object of any kind that would be made under one URN and deleted under another."""
    declared = {place: entry["urn"] for entry in after if (place := _place(entry))}
    for entry in before:
        other = declared.get(_place(entry)) if entry["urn"] not in later else None
        if other:
            place = " ".join(filter(None, (entry["kind"], entry["namespace"], entry["object"])))
            yield f"{place} would be deleted as {entry['urn']} although {other} declares it: give that an alias"


def _place(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What names an object in the cluster; empty for what is none, or a patch of another's."""
    if not entry["object"] or entry["kind"].endswith("Patch"):
        return ()
    group = entry["type"].split(":")[1].split("/")[0]
    return group, entry["kind"], entry["namespace"], entry["object"]


def _declared(proposal: Proposal) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the program declares for the target's file as it is and as it would become."""
    name = proposal.target_file.path.name
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ballast-promotion-")))
        runs = []
        for state, content in (
            (f"{name} as it is", proposal.target_file.content),
            (f"the edited {name}", proposal.merged_text.encode("utf-8")),
        ):
            file = folder / str(len(runs)) / name
            file.parent.mkdir()
            file.write_bytes(content)
            runs.append(stack.enter_context(_Run(file, state)))
        before, after = (run.result() for run in runs)
    return before, after


class _Run:
    """The program on one file, in a process of its own; ended when nobody waits for it any more."""

    def __init__(self, file: Path, state: str) -> None:
        self._state = state
        self._process = subprocess.Popen(  # noqa: S603 - this program's own interpreter
            [sys.executable, "-m", "ops.manifest", str(file)],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def result(self) -> list[dict[str, Any]]:
        """Return what it printed."""
        try:
            said, complaint = self._process.communicate(timeout=BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            raise _UnbuiltError(f"the program took longer than {BUILD_SECONDS} s") from None
        if self._process.returncode:
            told = complaint.strip().removeprefix("error:").strip() or f"exit code {self._process.returncode}"
            raise _UnbuiltError(f"the program refuses {self._state}: {told}")
        try:
            return json.loads(said)
        except ValueError:
            raise _UnbuiltError("what the program declares can't be read; see python -m ops.manifest --help") from None
