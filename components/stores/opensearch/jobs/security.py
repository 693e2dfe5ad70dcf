"""Roles, users and role mappings of the security plugin.

Whether a user's password is the desired one is found out by logging in with it: the plugin gives no hash away, and a
digest kept beside the user would be a second thing to crack. So an unchanged password is never sent as a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.comparison import equals
from components.foundation.jobkit.errors import RequestError
from components.foundation.jobkit.report import CREATED, UNCHANGED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.report import Report
    from components.stores.opensearch.jobs.config import ConfigureConfig, User

API = "/_plugins/_security/api"
UNAUTHORIZED = 401
SERVER_KEYS = frozenset({"hash", "reserved", "hidden", "static"})
"""What the plugin adds to every object by itself."""


def configure_security(job: JobContext[ConfigureConfig], admin: Client, report: Report) -> None:
    """Make roles, then users, then the mappings between them.

    Raises:
        UnreachableError: the cluster stopped answering.
    """
    for name, role in job.config.roles.items():
        report.attempt("role", name, lambda name=name, role=role: _put(admin, "roles", name, role))
    for name, user in job.config.users.items():
        report.attempt("user", name, lambda name=name, user=user: _user(job, admin, report, name, user))
    for name, mapping in job.config.role_mappings.items():
        report.attempt("role mapping", name, lambda name=name, wish=mapping: _put(admin, "rolesmapping", name, wish))
    for kind, resource, declared in (
        ("role", "roles", job.config.roles),
        ("user", "internalusers", job.config.users),
        ("role mapping", "rolesmapping", job.config.role_mappings),
    ):
        report.left_alone(kind, lambda path=resource: _listed(admin, path), declared)


def _user(job: JobContext[ConfigureConfig], admin: Client, report: Report, name: str, user: User) -> str:
    password = job.password(user.secret)
    report.hide(password)
    desired = {"backend_roles": list(user.backend_roles), "description": user.description}
    path = f"{API}/internalusers/{segment(name)}"
    actual = (admin.get(path) or {}).get(name)
    if actual is not None and equals(actual, desired, ignored=SERVER_KEYS) and _opens(job, admin, name, password):
        return UNCHANGED
    admin.request("PUT", path, {**desired, "password": password})
    return CREATED if actual is None else UPDATED


def _opens(job: JobContext[ConfigureConfig], admin: Client, name: str, password: str) -> bool:
    user = admin.as_user(name, password, job.trust(job.config.endpoint))
    try:
        user.request("GET", "/_plugins/_security/authinfo")
    except RequestError as error:
        if error.status == UNAUTHORIZED:
            return False
        raise
    return True


def _put(admin: Client, resource: str, name: str, desired: Mapping[str, Any]) -> str:
    path = f"{API}/{resource}/{segment(name)}"
    actual = (admin.get(path) or {}).get(name)
    if actual is not None and equals(actual, desired, ignored=SERVER_KEYS):
        return UNCHANGED
    admin.request("PUT", path, desired)
    return CREATED if actual is None else UPDATED


def _listed(admin: Client, resource: str) -> set[str]:
    """Return what people made: the plugin's own objects are static, reserved or hidden."""
    found: dict[str, dict[str, Any]] = admin.get(f"{API}/{resource}") or {}
    return {name for name, body in found.items() if not any(body.get(key) for key in ("static", "reserved", "hidden"))}
