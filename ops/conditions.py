"""Conditions that Kubernetes and operators write into the status of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

JOB_OVER = ("Complete", "Failed")
"""Of a Job that has ended."""


def true_conditions(thing: Mapping[str, Any], *types: str) -> list[dict[str, Any]]:
    """Return the conditions of these types that hold.

    Args:
        thing: an object as kubectl shows it.
        types: of conditions.
    """
    found = thing.get("status", {}).get("conditions", [])
    return [one for one in found if one["type"] in types and one["status"] == "True"]
