"""Makes the cluster what `desired.json` says, as often as it is run; the second run finds nothing to do.

Nothing that exists is ever deleted: what nobody declared is named and left alone.
Run as `python -m components.stores.opensearch.jobs.configure`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.orders import Orders
from components.foundation.jobkit.report import Report
from components.foundation.jobkit.waiting import Deadline, NotYetError
from components.stores.opensearch.jobs import objects
from components.stores.opensearch.jobs.policies import LIFECYCLE, SNAPSHOTS
from components.stores.opensearch.jobs.security import configure_security

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client


def configure(orders: Orders, admin: Client, report: Report, deadline: Deadline) -> None:
    """Wait for the cluster, then make every object true in an order in which each finds what it needs.

    Raises:
        JobError: the cluster isn't there in time, or stopped answering; single failures are in the report.
    """
    deadline.wait("the cluster", lambda: _serving(admin.impatient(), int(orders.desired.get("nodes", 1))))
    configure_security(orders, admin, report)
    settings = orders.section("clusterSettings")
    report.attempt_together("setting", ", ".join(settings), lambda: objects.ensure_settings(admin, settings))
    report.left_alone("setting", lambda: objects.persistent_settings(admin), settings)
    for name, wish in orders.section("repositories").items():
        report.attempt("repository", name, lambda n=name, wish=wish: objects.ensure_repository(admin, n, wish))
    report.left_alone("repository", lambda: objects.repository_names(admin), orders.section("repositories"))
    for name, wish in orders.section("indexTemplates").items():
        report.attempt("index template", name, lambda n=name, wish=wish: objects.ensure_template(admin, n, wish))
    report.left_alone("index template", lambda: objects.template_names(admin), orders.section("indexTemplates"))
    _policies(orders, admin, report)


def _policies(orders: Orders, admin: Client, report: Report) -> None:
    owner_name = orders.desired.get("policyOwner")
    if owner_name is None:
        owner = admin
    elif ("user", owner_name) in report.failed:
        for name in (*orders.section("ismPolicies"), *orders.section("snapshotPolicies")):
            report.failure("policy", name, JobError(f"not tried, because its owner {owner_name} could not be made"))
        return
    else:
        secret = orders.section("users")[owner_name]["secret"]
        owner = admin.as_user(owner_name, orders.password(secret), orders.trust())
    for kind, section in ((LIFECYCLE, "ismPolicies"), (SNAPSHOTS, "snapshotPolicies")):
        for name, wish in orders.section(section).items():
            repository = wish.get("snapshot_config", {}).get("repository")
            if ("repository", repository) in report.failed:
                report.failure(kind.title, name, JobError(f"not tried, because repository {repository} failed"))
                continue
            report.attempt(kind.title, name, lambda k=kind, n=name, wish=wish: k.ensure(owner, n, wish))
        report.left_alone(kind.title, lambda k=kind: k.names(owner), orders.section(section))


def _serving(admin: Client, nodes: int) -> None:
    health = admin.request("GET", "/_cluster/health").body
    there = health["number_of_nodes"]
    if there < nodes:
        raise NotYetError(f"{there} of {nodes} nodes have joined")
    if health["status"] == "red":
        raise NotYetError("its status is red: a primary shard is nowhere")


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    report = Report()
    try:
        orders = Orders.read(os.environ)
        configure(orders, orders.administrator(), report, Deadline.after(orders.deadline_seconds))
    except UnreachableError:
        report.stopped("the cluster stopped answering; what is not listed above was not tried")
    except JobError as error:
        report.stopped(str(error))
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
