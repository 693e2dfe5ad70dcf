"""What a stack file of production has: what each store and program asks for, and what all have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.bucket_rules import buckets
from components.settings.environment import Teardown
from components.settings.example_rules import is_real
from components.settings.programs import DESCRIBED
from components.settings.quantities import Duration
from components.settings.readiness import MONTH, Readiness
from components.settings.rule import QUORUM
from components.settings.stores import stores
from ops.doctor.finding import good, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.snapshots import RecoverySettings
    from components.settings.stack import StackSettings
    from ops.doctor.finding import Finding

HALF_A_DAY, FOUR_HOURS = Duration.parse("12h"), Duration.parse("4h")


def _recoveries(stack: StackSettings) -> list[RecoverySettings]:
    return [store.settings.recovery for store in stores(stack)]


def _buckets_have_roles(stack: StackSettings) -> bool:
    return all(place.is_made or place.role_arn is not None for _, place in buckets(stack))


COMMON = (
    Readiness("the cluster is known by its UID", lambda s: is_real(s.cluster.identity), "write cluster.identity"),
    Readiness("nodes stand in three zones", lambda s: len(s.cluster.zones) >= QUORUM, "name three in cluster.zones"),
    Readiness("values come from another environment", lambda s: s.promotes_from is not None, "write promotesFrom"),
    Readiness("it is not torn down", lambda s: s.teardown is Teardown.REFUSE, "write teardown: refuse"),
    Readiness("nothing is given up", lambda s: not s.allow_orphaned, "leave allowOrphaned out once the data is gone"),
    Readiness("no wide network is open", lambda s: not s.wide_networks, "name the networks of your gateways instead"),
    Readiness(
        "at most half a day of anything is lost",
        lambda s: all(one.recovery_point <= HALF_A_DAY for one in _recoveries(s)),
        "write recoveryPoint: 12h or less",
    ),
    Readiness(
        "everything is back within four hours",
        lambda s: all(one.recovery_time <= FOUR_HOURS for one in _recoveries(s)),
        "write recoveryTime: 4h (M4, O6, K5)",
    ),
    Readiness(
        "snapshots go back thirty days",
        lambda s: all(one.retention >= MONTH for one in _recoveries(s)),
        "write retention: 30d (M4, K5)",
    ),
    Readiness(
        "snapshots outlive the cluster",
        lambda s: all(one.settings.snapshots.s3 is not None for one in stores(s)),
        "write snapshots.s3 for every store",
    ),
    Readiness("buckets are reached by roles", _buckets_have_roles, "write roleArn, or have the bucket made"),
    Readiness("objectives are measured", lambda s: s.objectives is not None, "write objectives (M13, K4, L7)"),
)
POINTS = (*COMMON, *(point for described in DESCRIBED for point in described.ready))


def check_stack_file(stack: StackSettings, file: str) -> Iterator[Finding]:
    """Look at every point of a stack file."""
    for point in POINTS:
        if point.holds(stack):
            yield good(point.what, "yes")
        else:
            yield wrong(point.what, "no", f"{file}: {point.remedy}")
