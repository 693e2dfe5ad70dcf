"""Statements of IAM's policies."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def allow(sid: str, actions: list[str], resource: str, condition: Document | None = None) -> Document:
    """Return a statement of a role's policy about one resource."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": [resource]}
    return statement if condition is None else {**statement, "Condition": condition}
