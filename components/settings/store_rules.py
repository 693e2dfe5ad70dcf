"""Rules that every store keeps alike: its recovery objectives, and the place of its snapshots."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from components.settings.base import NotReadError
from components.settings.images import STOCK_PYTHON
from components.settings.quantities import Bytes, Duration
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.store import StoreDescription
from components.settings.stores import STORE_KINDS

#: Path below the store, problem and remedy.
Finding = tuple[KeyPath, str, str]

#: Bytes that a pod's network brings in a second, at best: ten gigabits.
FASTEST_RESTORE = 2**30


def _stores(stack: StackSettings) -> Iterator[StoreDescription]:
    """Every store that is given and could be read."""
    for kind in STORE_KINDS:
        with suppress(NotReadError):
            yield from kind.stores(stack)


def _each_store(check: Callable[[StoreDescription], Iterable[Finding]]) -> Rule:
    """A rule for one store, run on all of them; a store that could not be read does not hide the others."""

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        for store in _stores(stack):
            try:
                found = list(check(store))
            except NotReadError:
                continue
            for below, problem, remedy in found:
                yield Mistake((*store.path, *below), problem, remedy)

    return rule


def _retention_covers_the_recovery_point(store: StoreDescription) -> Iterator[Finding]:
    recovery = store.settings.recovery
    if recovery.retention < recovery.recovery_point:
        yield (
            ("recovery", "retention"),
            (
                f"is {recovery.retention}, less than the recovery point {recovery.recovery_point}: not even the newest "
                "snapshot would have to stay"
            ),
            f"write {recovery.recovery_point} or more",
        )


def _snapshots_go_to_one_place(store: StoreDescription) -> Iterator[Finding]:
    snapshots = store.settings.snapshots
    if (snapshots.volume is None) == (snapshots.s3 is None):
        given = "neither" if snapshots.s3 is None else "both"
        yield (
            ("snapshots",),
            f"must have exactly one of volume and s3, but has {given}",
            "keep s3: {...} for whatever must survive its cluster, or volume: {size: 20Gi}",
        )


def _snapshot_volume_holds_the_data(store: StoreDescription) -> Iterator[Finding]:
    volume, room = store.settings.snapshots.volume, store.settings.snapshot_room
    if volume is None or volume.size >= room:
        return
    problem = f"is {volume.size}, less than the {room} disk it is to hold"
    if store.kind.snapshots_by_jobs:
        problem = (
            f"is {volume.size}, less than {room}, twice the disk it is to hold: the newest complete snapshot stays "
            "until the next one is complete"
        )
    yield ("snapshots", "volume", "size"), problem, f"write {room} or more"


def _jobs_can_reach_a_bucket(stack: StackSettings) -> Iterator[Mistake]:
    if STOCK_PYTHON.fullmatch(stack.jobs.image) is None:
        return
    with_bucket: list[str] = []
    for store in _stores(stack):
        with suppress(NotReadError):
            if store.settings.snapshots.s3 is not None and store.kind.snapshots_by_jobs:
                with_bucket.append(".".join(store.path))
    if with_bucket:
        yield Mistake(
            ("jobs", "image"),
            f"is {stack.jobs.image}, which lacks boto3, but snapshots of {', '.join(with_bucket)} go to s3",
            "build images/jobs/Dockerfile and write the image's name here",
        )


def _restores_end_in_time(stack: StackSettings) -> Iterator[Mistake]:
    for store in _stores(stack):
        with suppress(NotReadError):
            recovery = store.settings.recovery
            disks = [
                *(one.disk for one in store.kind.footprints(store.settings, stack)),
                *store.kind.claims(store.settings),
            ]
            if (largest := max(disks, default=Bytes(0))) > recovery.recovery_time * FASTEST_RESTORE:
                problem = f"is {recovery.recovery_time}, in which no network fills a disk of {largest}"
                remedy = f"write {Duration(-(-largest // FASTEST_RESTORE // 3600) * 3600)} or more"
                yield Mistake((*store.path, "recovery", "recoveryTime"), problem, remedy)


def _no_store_is_named_like_a_section(store: StoreDescription) -> Iterator[Finding]:
    if store.name in {kind.section for kind in STORE_KINDS}:
        yield (), f"is named like the store {store.name}", "give it a name that no section has"


STORE_RULES: tuple[Rule, ...] = (
    *map(
        _each_store,
        (
            _retention_covers_the_recovery_point,
            _snapshots_go_to_one_place,
            _snapshot_volume_holds_the_data,
            _no_store_is_named_like_a_section,
        ),
    ),
    _jobs_can_reach_a_bucket,
    _restores_end_in_time,
)
