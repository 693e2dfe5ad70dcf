"""What the core server itself keeps: cluster settings, snapshot repositories, index templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.comparison import covers, flat
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.report import CREATED, UNCHANGED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.client import Client

PLACE = {"fs": ("location",), "s3": ("bucket", "base_path", "endpoint"), "url": ("url",)}
"""The settings that say where a repository's snapshots lie, by type."""


def persistent_settings(admin: Client) -> dict[str, Any]:
    """Return the cluster settings that someone set, by dotted key."""
    return flat((admin.get("/_cluster/settings?flat_settings=true") or {}).get("persistent", {}))


def ensure_settings(admin: Client, desired: Mapping[str, Any]) -> dict[str, str]:
    """Set persistent cluster settings and return what had to be done for each.

    In one request: disk watermarks are only accepted together when they change from percentages to sizes. So one that
    is refused leaves all of them as they were.
    """
    actual = persistent_settings(admin)
    outcomes = {
        key: (UNCHANGED if covers(actual[key], value) else UPDATED) if key in actual else CREATED
        for key, value in desired.items()
    }
    changes = {key: value for key, value in desired.items() if outcomes[key] != UNCHANGED}
    if changes:
        admin.request("PUT", "/_cluster/settings", {"persistent": changes})
    return outcomes


def ensure_template(admin: Client, name: str, desired: Mapping[str, Any]) -> str:
    """Make an index template as desired and return what had to be done."""
    path = f"/_index_template/{segment(name)}"
    found = (admin.get(path) or {}).get("index_templates", [])
    if found and covers(found[0]["index_template"], desired):
        return UNCHANGED
    admin.request("PUT", path, desired)
    return UPDATED if found else CREATED


def template_names(admin: Client) -> set[str]:
    """Return the index templates that people made; those with a dot belong to plugins."""
    found = (admin.get("/_index_template") or {}).get("index_templates", [])
    return {template["name"] for template in found if not template["name"].startswith(".")}


def repository_names(admin: Client) -> set[str]:
    """Return the registered snapshot repositories."""
    return set(admin.get("/_snapshot") or {})


def ensure_repository(admin: Client, registrar: Client, name: str, desired: Mapping[str, Any]) -> str:
    """Register a snapshot repository, let every node reach it, and return what had to be done.

    Args:
        admin: who looks and verifies.
        registrar: who registers it.
        name: of the repository.
        desired: its definition.

    Raises:
        JobError: it is registered for another place, or some node can't reach it.
    """
    path = f"/_snapshot/{segment(name)}"
    actual = (admin.get(path) or {}).get(name)
    if actual is not None:
        _refuse_another_place(name, actual, desired)
    unchanged = actual is not None and covers(actual, desired)
    if not unchanged:
        registrar.request("PUT", f"{path}?verify=false", desired)
    try:
        admin.request("POST", f"{path}/_verify")
    except JobError as error:
        if actual is None:
            # Our own registration of a moment ago, which never worked: left standing, it would make the corrected
            # place look like another one. Only the entry goes; no repository loses a file by it.
            admin.request("DELETE", path)
        raise JobError(
            f"not every node can reach it ({error}). Compare its place ({_place(desired)}) with what the nodes may "
            "use: path.repo for fs; bucket, region, role and egress rules for s3."
        ) from None
    if unchanged:
        return UNCHANGED
    return CREATED if actual is None else UPDATED


def _refuse_another_place(name: str, actual: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
    if _place(actual) != _place(desired):
        raise JobError(
            f"is registered at {_place(actual)}, the stack file says {_place(desired)}. It was not pointed elsewhere, "
            f"because the snapshots it holds would drop out of sight. To move on purpose: DELETE /_snapshot/{name} "
            "by hand (its files stay) and run this job again."
        )


def _place(repository: Mapping[str, Any]) -> str:
    settings = repository.get("settings", {})
    keys = PLACE.get(repository["type"], ())
    parts = [f"{key}={str(settings[key]).strip('/')}" for key in keys if settings.get(key)]
    return f"{repository['type']} {' '.join(parts)}".strip()
