"""A promotion from its question to its answer: compared, judged by every gate, and written where all of them pass."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from ops.promotion.blocked import not_blocked, read_blocked
from ops.promotion.buildable import buildable, not_built
from ops.promotion.gates import QUICK, Answer, Mark, chain
from ops.promotion.message import message
from ops.promotion.proven import Proof, proven
from ops.promotion.retention import retention
from ops.promotion.row import Row, Verdict
from ops.promotion.upstream import upstream
from ops.promotion.writing import write_atomically

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from pathlib import Path

    from ops.promotion.proposal import Proposal


class ExitCode(IntEnum):
    """What `ballast promote` ends with; a usage error is 2."""

    DONE = 0
    REFUSED = 1
    PENDING = 3


@dataclass(frozen=True, kw_only=True)
class Request:
    """How a proposal is judged.

    Attributes:
        project: folder of the stack files.
        soak: how long the source must have run the values; None for the target's own.
        build: run the program on both states of the file; always done before anything is written.
        write: write the target's file where no gate refuses.
        now: the present, in UTC.
    """

    project: Path
    soak: timedelta | None
    build: bool
    write: bool
    now: datetime


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        proposal: what was asked for.
        answers: what each gate said; only the chain is judged where nothing is to promote.
        proof: what the source has proven, None where it has not.
        written: whether the target's file was edited.
    """

    proposal: Proposal
    answers: tuple[Answer, ...]
    proof: Proof | None
    written: bool

    @property
    def is_refused(self) -> bool:
        """Whether any gate refuses."""
        return any(answer.mark is Mark.REFUSED for answer in self.answers)

    @property
    def code(self) -> ExitCode:
        """What the command ends with."""
        return ExitCode.REFUSED if self.is_refused else ExitCode.DONE

    @property
    def difference(self) -> str:
        """What is or would be written, as a unified difference; empty where the edit itself is refused."""
        if not self.proposal.selected or any(a.gate == "validity" and a.mark is Mark.REFUSED for a in self.answers):
            return ""
        name = self.proposal.target_file.path.name
        before = self.proposal.target_file.text.splitlines()
        after = self.proposal.merged_text.splitlines()
        return "\n".join(difflib.unified_diff(before, after, name, name, n=1, lineterm=""))

    @property
    def message(self) -> str:
        """The commit message for it, empty where nothing may be written."""
        return "" if self.is_refused or not self.proposal.selected else message(self.proposal, self.proof)


def promote(proposal: Proposal, request: Request) -> Outcome:
    """Judge a proposal, and write it where that is asked for and no gate refuses.

    Raises:
        SettingsError: the file of blocked values has mistakes.
        RefusedError: the target's file changed meanwhile, or can't be written.
    """
    if not proposal.selected:
        return Outcome(proposal, (chain(proposal),), None, written=False)
    blocked = read_blocked(request.project)
    answers = [gate(proposal) for gate in (*QUICK, retention)]
    answers.append(upstream(proposal, request.project))
    answers.append(not_blocked(proposal, blocked, request.now.date()))
    answer, proof = proven(proposal, request.project, request.soak, request.now)
    answers.append(answer)
    refused = any(answer.mark is Mark.REFUSED for answer in answers)
    # It takes seconds, so it is asked last, and not for what is refused already.
    answers.append(buildable(proposal) if (request.build or request.write) and not refused else not_built())
    outcome = Outcome(proposal, tuple(answers), proof, written=False)
    if not request.write or outcome.is_refused:
        return outcome
    file = proposal.target_file
    write_atomically(file.path, file.content, proposal.merged_text)
    return Outcome(proposal, tuple(answers), proof, written=True)


def pending(proposal: Proposal) -> list[Row]:
    """The rows that wait for a promotion, or for a person who writes a section by hand."""
    by_hand = [row for row in proposal.asked if row.verdict is Verdict.PENDING_SECTION]
    return [row for row in proposal.selected if not row.is_broken] + by_hand


def broken(proposal: Proposal) -> list[Row]:
    """The rows that break a rule between environments."""
    return [row for row in proposal.asked if row.is_broken]


def held_back(proposal: Proposal, project: Path, today: date) -> list[Answer]:
    """What refuses a promotion without a backend being asked: its way, what is blocked, what is younger in the target.

    Raises:
        SettingsError: the file of blocked values has mistakes, or is missing.
    """
    answers = [chain(proposal)]
    if proposal.selected:
        answers += [not_blocked(proposal, read_blocked(project), today), upstream(proposal, project)]
    return [answer for answer in answers if answer.mark is Mark.REFUSED]


def checked(proposal: Proposal, refusals: list[Answer]) -> ExitCode:
    """What `--check` ends with; it asks no backend.

    A broken rule weighs more than what waits: it may need a person, what waits needs a command.
    """
    if broken(proposal) or refusals:
        return ExitCode.REFUSED
    return ExitCode.PENDING if pending(proposal) else ExitCode.DONE
