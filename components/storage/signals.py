"""How old, how whole and how large each store's newest snapshot is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.stores import stores
from components.signals.alerts import Alert
from components.signals.objectives import Slo
from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import GAP, minutes, recent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription

_LAST = "ballast_snapshot_last_complete_timestamp_seconds"

NEVER = 9999
"""Stands for the age of a snapshot that nobody knows of."""


def signals(stack: StackSettings) -> Signals:
    """Return the signals of all stores' snapshots."""
    found = list(stores(stack))
    ages = {store.label: _age(store) for store in found}
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
        alerts=_alerts(found),
        slos=[] if stack.objectives is None else [_promised(stack.objectives, known)],
    )


def _promised(settings: ObjectivesSettings, ages: list[str]) -> Slo:
    promise = "Every store has a snapshot younger than its recovery point"
    return Slo.of_time(settings, "SnapshotAge", promise, settings.snapshots, f"(max({' or '.join(ages)}) <= bool 1)")


def _age(store: StoreDescription) -> str:
    """Return the query of how old a store's newest whole snapshot is, as a share of its recovery point."""
    return f"max((time() - {_of(_LAST, store)}) / {int(store.settings.recovery.recovery_point)})"


def _older(store: StoreDescription) -> str:
    age = f"max by (store) (time() - {recent(_of(_LAST, store))})"
    return f"{age} > {int(store.settings.recovery.recovery_point)}"


def _longer(store: StoreDescription) -> str:
    duration = recent(_of("ballast_snapshot_duration_seconds", store))
    return f"max by (store) ({duration}) > {int(store.settings.recovery.recovery_time)}"


def _of(metric: str, store: StoreDescription) -> str:
    return f'{metric}{{store="{store.label}"}}'


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


def _alerts(known: list[StoreDescription]) -> list[Alert]:
    return [
        Alert(
            name="SnapshotTooOld",
            expression=" or ".join(_older(store) for store in known),
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="The newest snapshot of {{ $labels.store }} is older than its recovery point",
            description="If the store were lost now, more work would be lost than was promised.",
        ),
        Alert(
            name="SnapshotUnknown",
            expression=" or ".join(f"absent_over_time({_of(_LAST, store)}{GAP})" for store in known),
            severity=Severity.CRITICAL,
            after=max(store.settings.recovery.recovery_point for store in known),
            summary="No whole snapshot of {{ $labels.store }} is known",
            description="There has been none since the platform was made, or the record of it is lost, or nobody "
            "tells of it.",
        ),
        Alert(
            name="SnapshotFailed",
            expression=f"min by (store) ({recent('ballast_snapshot_complete')}) == 0",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="The last snapshot of {{ $labels.store }} is not whole",
            description="The attempt failed. Older snapshots can still be restored; the recovery point comes nearer.",
        ),
        Alert(
            name="SnapshotSlow",
            expression=" or ".join(_longer(store) for store in known),
            severity=Severity.WARNING,
            after=minutes(5),
            summary="A snapshot of {{ $labels.store }} takes longer than its recovery time",
            description="Bringing it back takes about as long, and so longer than was promised.",
        ),
    ]
