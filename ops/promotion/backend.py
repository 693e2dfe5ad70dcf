"""Asks the backend of a stack, through Pulumi, and never for longer than a person waits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.settings.cluster import LOCAL
from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_SECONDS = 20
"""How long Pulumi may take for one answer; half a second is usual, and a backend in a bucket takes some."""


class NoEvidenceError(Exception):
    """Nothing is known of a stack; one sentence says what is missing, why, and which command would produce it."""


@dataclass(frozen=True)
class Backend:
    """Where the updates of one stack are kept.

    Attributes:
        stack: its name.
        command: what runs Pulumi, up to its own arguments.
        spoken: the same as a person types it.
        project: the folder in which Pulumi runs.
        up: the command that updates the stack.
    """

    stack: str
    command: tuple[str, ...]
    spoken: str
    project: Path
    up: str

    @classmethod
    def of(cls, stack: str, identity: str, project: Path) -> Backend:
        """Return the backend of a stack.

        Args:
            stack: its name.
            identity: `ballast:cluster.identity` of its stack file. The stacks of the local cluster have a backend in
                the checkout, which the toolchain knows; all others are in the one that the caller's Pulumi uses.
            project: folder of the stack files.

        Raises:
            NoEvidenceError: there is no Pulumi.
        """
        if identity == LOCAL and project.resolve() == CHECKOUT:
            command = (sys.executable, "-m", "toolchain", "pulumi")
            return cls(stack, command, "python3 -m toolchain pulumi", CHECKOUT, f"make up STACK={stack}")
        found = shutil.which("pulumi")
        if found is None:
            raise NoEvidenceError(
                f"pulumi is not on PATH, so nobody can say what {stack} runs. Build it and put it there: "
                "python3 -m toolchain build --only pulumi"
            )
        return cls(stack, (found,), "pulumi", project, f"pulumi up --stack {stack}")

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON of Pulumi, judged by who asks
        """Return Pulumi's answer to a question about the stack.

        Args:
            arguments: of `pulumi stack`, such as `output`.

        Raises:
            NoEvidenceError: it failed, took too long, or answered something that is no JSON.
        """
        question = ("stack", *arguments, "--json", "--stack", self.stack)
        typed = f"{self.spoken} {' '.join(question)}"
        try:
            # A group of its own: the toolchain's Pulumi is a child of a child, and both have to go on time.
            process = subprocess.Popen(  # noqa: S603 - the program found above
                [*self.command, *question, "--non-interactive"],
                cwd=self.project,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        except OSError as error:
            raise NoEvidenceError(f"pulumi can't be run: {error}. Repair it until this works: {typed}") from None
        try:
            said, complaint = process.communicate(timeout=ANSWER_SECONDS)
        except BaseException as error:
            # Also when a person gives up: nobody else would end a group of its own.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise NoEvidenceError(
                f"the backend of {self.stack} gave no answer within {ANSWER_SECONDS} s. Find out why with: {typed}"
            ) from None
        if process.returncode:
            raise NoEvidenceError(self._failed(complaint, typed))
        try:
            return json.loads(said)
        except ValueError:
            raise NoEvidenceError(f"pulumi's answer about {self.stack} is no JSON. See it with: {typed}") from None

    def _failed(self, complaint: str, typed: str) -> str:
        if "no stack named" in complaint or "there are no local stacks yet" in complaint:
            return f"there was no update of {self.stack} yet. Make the first one: {self.up}"
        lines = [line.removeprefix("error:").strip() for line in complaint.splitlines() if line.startswith("error:")]
        reason = (lines or complaint.strip().splitlines() or ["it said nothing"])[0].rstrip(".")
        return f"the backend of {self.stack} can't be asked: {reason}. This has to work first: {typed}"
