"""How old, how whole and how large each store's newest snapshot is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.stores import stores
from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.stack import StackSettings
    from components.settings.stores import StoreDescription

NEVER = 9999
"""Stands for the age of a snapshot that nobody knows of."""


def signals(stack: StackSettings) -> Signals:
    """Return the signals of all stores' snapshots."""
    ages = {store.label: _age(store) for store in stores(stack)}
    # A store without any snapshot has no age, and would only be missing among the others.
    known = [f'label_replace({age} or vector({NEVER}), "store", "{label}", "", "")' for label, age in ages.items()]
    return Signals(
        name="snapshots",
        board=Board.OVERVIEW,
        stats=[
            StatPanel(
                title="Oldest snapshot",
                description="Age of the newest whole snapshot of the store that is worst off, as a share of its "
                "recovery point. Above 100 % more work would be lost than was promised; a store of which no "
                "snapshot is known counts as worst.",
                unit="percentunit",
                query=f"max({' or '.join(known)})",
                levels=((0.9, "orange"), (1, "red")),
                words={str(NEVER): "none known"},
            )
        ],
        rows=[_snapshots(ages)],
    )


def _age(store: StoreDescription) -> str:
    """Return the query of how old a store's newest whole snapshot is, as a share of what its promise allows."""
    seconds = int(store.settings.recovery.recovery_point)
    return f'max((time() - ballast_snapshot_last_complete_timestamp_seconds{{store="{store.label}"}}) / {seconds})'


def _snapshots(ages: Mapping[str, str]) -> Row:
    return Row(
        "Snapshots",
        [
            TimeSeriesPanel(
                title="Age against the recovery point",
                description="Age of each store's newest whole snapshot, as a share of its recoveryPoint. It falls when "
                "a snapshot is complete; above 100 % more work could be lost than allowed.",
                unit="percentunit",
                queries=[Query(age, label) for label, age in ages.items()],
                levels=((1, "red"),),
            ),
            TimeSeriesPanel(
                title="Last attempt",
                description="1 where the last attempt gave a whole snapshot, 0 where it failed; the job's log says "
                "why.",
                unit="short",
                queries=[Query("min by (store) (ballast_snapshot_complete)", "{{store}}")],
            ),
            TimeSeriesPanel(
                title="Size of the newest snapshot",
                description="What the newest whole snapshot takes in the archive. A sudden fall deserves a look: what "
                "is not in a snapshot can't be restored.",
                unit="bytes",
                queries=[Query("max by (store) (ballast_snapshot_size_bytes)", "{{store}}")],
            ),
        ],
    )
