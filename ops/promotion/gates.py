"""The gates that a promotion passes before anything is written, those that need nothing but the stack files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from components.settings.environment import NAMESPACE
from components.settings.markers import Promoted
from components.settings.recorded_state import recorded_state
from components.settings.report import SettingsError
from components.settings.transitions import forbidden_transitions
from ops.errors import RefusedError
from ops.promotion.row import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.promotion.proposal import Proposal
    from ops.promotion.row import Row

RUNBOOK = 'docs/operations.md, "Restoring"'


class Mark(StrEnum):
    """What a gate answers."""

    PASSED = "passed"
    REFUSED = "refused"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Answer:
    """What one gate says of a proposal.

    Attributes:
        gate: its name.
        mark: passed, refused, or not asked.
        sentences: why it refuses, one for each reason; or what it saw.
    """

    gate: str
    mark: Mark
    sentences: tuple[str, ...] = ()

    @classmethod
    def judged(cls, gate: str, refusals: Iterator[str] | list[str], seen: str = "") -> Answer:
        """Refused for any reason there is, else passed."""
        reasons = tuple(dict.fromkeys(refusals))
        return cls(gate, Mark.REFUSED, reasons) if reasons else cls(gate, Mark.PASSED, (seen,) if seen else ())


def chain(proposal: Proposal) -> Answer:
    """Each value goes from one environment to the next, and none is left out."""
    return Answer.judged("chain", _out_of_turn(proposal), _turn(proposal))


def _turn(proposal: Proposal) -> str:
    skipped = proposal.exceptions.skipped
    return f"{skipped} is skipped: {proposal.exceptions.because}" if skipped else ""


def _out_of_turn(proposal: Proposal) -> Iterator[str]:
    way = proposal.environments.chain(proposal.target)
    skipped = proposal.exceptions.skipped
    if proposal.source not in way:
        back = proposal.environments.chain(proposal.source)
        wrong = "never back" if proposal.target in back else f"and none to {proposal.target} from {proposal.source}"
        yield (
            f"values travel {' -> '.join(back if proposal.target in back else way)}, {wrong}: edit "
            f"Pulumi.{proposal.target}.yaml, or revert the commit there"
        )
        return
    between = way[way.index(proposal.source) + 1 : -1]
    if skipped is not None and skipped not in between:
        yield f"{skipped} doesn't lie between {proposal.source} and {proposal.target}: leave --skip out"
    elif between and skipped is None:
        yield (
            f"{proposal.target} takes values only from {way[-2]}: promote {proposal.source} {between[0]} "
            f'first, or say why not: --skip {between[0]} --because "..."'
        )


def order(proposal: Proposal) -> Answer:
    """No version goes back or skips what has to lie between, and stores can follow each step."""
    return Answer.judged("order", _wrong_steps(proposal))


def _wrong_steps(proposal: Proposal) -> Iterator[str]:
    told: set[str] = set()
    for row in proposal.selected:
        reason = _wrong_step(row, proposal)
        if reason is not None:
            told.add(f"{NAMESPACE}:{row.name}")
            yield reason
    try:
        broken = forbidden_transitions(recorded_state(proposal.target_file.settings), recorded_state(proposal.merged))
    except (SettingsError, RefusedError):
        return  # the gate `validity` says so
    for mistake in broken:
        # The markers and the steps know the same limits; one sentence is enough.
        if mistake.key not in told:
            yield f"{mistake.key} {mistake.problem}. {mistake.remedy}"


def _wrong_step(row: Row, proposal: Proposal) -> str | None:
    marker, was, now = row.marker, row.cells[proposal.target].value, row.cells[proposal.source].value
    if not isinstance(marker, Promoted):
        return None
    step = f"{NAMESPACE}:{row.name} {was} -> {now}"
    if row.verdict is Verdict.OLDER:
        if marker.irreversible:
            return f"{step} goes back, and what {was} wrote can't be read by {now}. The way back: {RUNBOOK}"
        if row.name in proposal.exceptions.downgrades:
            return None
        return f'{step} goes back. If that is meant: --allow-downgrade {row.name} --because "..."'
    if marker.is_too_far(was, now):
        file = proposal.target_file.path.name
        return f"{step} skips versions, {marker.max_step} by {marker.max_step} only: write the next one into {file}"
    return None


def identity(proposal: Proposal) -> Answer:
    """No environment names a resource of another one: a copied bucket would mix their data."""
    repeated = [row for row in proposal.rows if row.verdict is Verdict.REPEATED]
    return Answer.judged(
        "identity", [f"{NAMESPACE}:{row.name} {row.words}: write the environment's own" for row in repeated]
    )


def validity(proposal: Proposal) -> Answer:
    """The target's file can be edited safely, and the edited file keeps every rule."""
    return Answer.judged("validity", _invalid(proposal))


def _invalid(proposal: Proposal) -> Iterator[str]:
    try:
        _ = proposal.merged
    except RefusedError as error:
        yield str(error)
    except SettingsError as error:
        for mistake in error.mistakes:
            yield f"{error.source} would be invalid: {mistake.key} {mistake.problem}. {mistake.remedy}"


QUICK = (chain, order, identity, validity)
"""Gates that need neither a backend nor the program, in the order in which they are told."""
