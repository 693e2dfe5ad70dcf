"""The gate for what deletes by the clock: a time that gets shorter costs data, some hours after the `up`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from components.settings.markers import KeptFor
from components.settings.promotion import leaves
from components.settings.quantities import Duration
from components.settings.stack import NAMESPACE
from ops.promotion.gates import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.promotion.proposal import Proposal
    from ops.promotion.row import Row

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
    held = leaves(proposal.target_file.settings)
    kept = next((one for one in held[row.key].field.info.metadata if isinstance(one, KeptFor)), None)
    cell = row.cells[proposal.source]
    if kept is None or (cell.is_absent and kept.otherwise is None):
        return None
    # What is no entry of its own any more is kept as long as everything else.
    then = held[kept.otherwise].value if cell.is_absent and kept.otherwise else cell.value
    return str(row.cells[proposal.target].value or FOREVER), str(then or FOREVER)


def _seconds(text: str) -> float:
    return math.inf if text == FOREVER else Duration.parse(text)
