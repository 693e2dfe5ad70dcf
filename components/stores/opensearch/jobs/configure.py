"""Makes the cluster what its configuration says, as often as it is run; the second run finds nothing to do.

Nothing that exists is ever deleted: what nobody declared is named and left alone.
Run as `python -m components.stores.opensearch.jobs.configure`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit import program
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import objects, plugin_indexes
from components.stores.opensearch.jobs.config import ConfigureConfig
from components.stores.opensearch.jobs.managed_indexes import ensure_lifecycle
from components.stores.opensearch.jobs.policies import LIFECYCLE, SNAPSHOTS
from components.stores.opensearch.jobs.program import administrator
from components.stores.opensearch.jobs.security import configure_security

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.report import Report

NOT_SHOWN = {403, 404}


def configure(job: JobContext[ConfigureConfig], admin: Client, report: Report) -> None:
    """Wait for the cluster, then make every object true in an order in which each finds what it needs.

    Raises:
        JobError: the cluster isn't there in time, or stopped answering; single failures are in the report.
    """
    config = job.config
    job.deadline.wait("the cluster", lambda: _serving(admin.impatient(), config.nodes))
    configure_security(job, admin, report)
    settings = config.cluster_settings
    report.attempt_together("setting", ", ".join(settings), lambda: objects.ensure_settings(admin, settings))
    report.left_alone("setting", lambda: objects.persistent_settings(admin), settings)
    registrar = _registrar(admin, config.signing_region)
    for name, wish in config.repositories.items():
        report.attempt(
            "repository", name, lambda n=name, wish=wish: objects.ensure_repository(admin, registrar, n, wish)
        )
    report.left_alone("repository", lambda: objects.repository_names(admin), config.repositories)
    for name, wish in config.index_templates.items():
        report.attempt("index template", name, lambda n=name, wish=wish: objects.ensure_template(admin, n, wish))
    report.left_alone("index template", lambda: objects.template_names(admin), config.index_templates)
    _policies(job, admin, report)
    if config.plugin_copies_follow:
        # Index management makes its index with the first policy.
        report.attempt_together("copies of index", "of the plugins", lambda: plugin_indexes.let_follow(admin))


def _registrar(admin: Client, signing_region: str | None) -> Client:
    """Return who may register repositories: the administrator, or at AWS whoever may hand a role over."""
    if signing_region is None:
        return admin
    # Only the derived image has what signs.
    from components.stores.opensearch.jobs.signing import SigningClient  # noqa: PLC0415

    return SigningClient.of(admin, signing_region)


def _policies(job: JobContext[ConfigureConfig], admin: Client, report: Report) -> None:
    config, owner_name = job.config, job.config.policy_owner
    if ("user", owner_name) in report.failed:
        for name in (*config.ism_policies, *config.snapshot_policies):
            report.failure("policy", name, JobError(f"not tried, because its owner {owner_name} could not be made"))
        return
    password = job.password(config.users[owner_name].secret)
    owner = admin.as_user(owner_name, password, job.trust(config.endpoint))
    for name, wish in config.ism_policies.items():
        report.attempt(LIFECYCLE.title, name, lambda n=name, wish=wish: ensure_lifecycle(owner, n, wish))
    for name, wish in config.snapshot_policies.items():
        repository = wish["snapshot_config"]["repository"]
        if ("repository", repository) in report.failed:
            report.failure(SNAPSHOTS.title, name, JobError(f"not tried, because repository {repository} failed"))
            continue
        report.attempt(SNAPSHOTS.title, name, lambda n=name, wish=wish: SNAPSHOTS.ensure(owner, n, wish))
    for kind, policies in ((LIFECYCLE, config.ism_policies), (SNAPSHOTS, config.snapshot_policies)):
        report.left_alone(kind.title, lambda k=kind: k.names(owner), policies)


def _serving(admin: Client, nodes: int) -> None:
    # Without its index the security plugin refuses whatever is asked of it next. A domain need not show its health.
    admin.request("GET", "/_plugins/_security/health", accept=NOT_SHOWN)
    health = admin.request("GET", "/_cluster/health").body
    there = health["number_of_nodes"]
    if there < nodes:
        raise NotYetError(f"{there} of {nodes} nodes have joined")
    if health["status"] == "red":
        raise NotYetError("its status is red: a primary shard is nowhere")


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return program.run_reporting(ConfigureConfig, lambda job, report: configure(job, administrator(job), report))


if __name__ == "__main__":
    sys.exit(main())
