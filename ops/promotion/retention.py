"""The gate for what deletes by the clock: a time that gets shorter costs data, some hours after the `up`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from components.settings.quantities import Duration
from components.settings.stack import NAMESPACE
from ops.promotion.gates import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.promotion.proposal import Proposal
    from ops.promotion.row import Row

STREAM, INDEX = ("loki", "streams"), ("opensearch", "indexes")

FOREVER = "for ever"


def retention(proposal: Proposal) -> Answer:
    """Nothing that the target holds is deleted earlier than before, unless a person names the key."""
    return Answer.judged("retention", _shortened(proposal))


def _shortened(proposal: Proposal) -> Iterator[str]:
    for row in proposal.selected:
        if row.name in proposal.exceptions.downgrades or row.cells[proposal.target].is_absent:
            continue
        times = _times(row, proposal)
        if times is not None and _seconds(times[1]) < _seconds(times[0]):
            yield (
                f"{NAMESPACE}:{row.name} {times[0]} -> {times[1]} would delete what is older. "
                f'If that is meant: --allow-downgrade {row.name} --because "..."'
            )


def _times(row: Row, proposal: Proposal) -> tuple[str, str] | None:
    """How long the target keeps something, now and then; None for a key that decides nothing of the kind."""
    cell = row.cells[proposal.source]
    was = row.cells[proposal.target].value
    if row.key[:2] == STREAM and row.key[-1] == "retention":
        loki = proposal.target_file.settings.loki
        # What is no stream of its own any more is kept as long as everything else.
        rest = str(loki.retention) if loki is not None else FOREVER
        return str(was), rest if cell.is_absent else str(cell.value)
    if row.key[:2] == INDEX and row.key[-1] == "deleteAfter" and not cell.is_absent:
        return str(was or FOREVER), str(cell.value or FOREVER)
    return None


def _seconds(text: str) -> float:
    return math.inf if text == FOREVER else Duration.parse(text)
