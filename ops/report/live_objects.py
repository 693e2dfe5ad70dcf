"""Objects of a cluster that stand under two URNs: the deletion of one takes what the other declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.report.digest import Op
from ops.report.kinds import KUBERNETES, is_patch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.report.digest import State, Step

_DELETES = {Op.DELETE, Op.DELETE_REPLACED, Op.REPLACE}
_DECLARES = {
    Op.SAME,
    Op.CREATE,
    Op.UPDATE,
    Op.REPLACE,
    Op.CREATE_REPLACEMENT,
    Op.IMPORT,
    Op.IMPORT_REPLACEMENT,
}


def still_declared(steps: Iterable[Step]) -> dict[str, str]:
    """Return, by the URN of what is deleted, the URN that declares the very same object.

    The provider creates by upsert and deletes by name, so the order doesn't matter: in the end the object is gone and
    the state lists it. What `retainOnDelete` keeps, or `protect`, is not deleted.
    """
    listed = list(steps)
    declares: dict[tuple[str, str, str, str], set[str]] = {}
    for step in listed:
        if step.op in _DECLARES and (found := _object(step.urn, step.new_state)):
            declares.setdefault(found, set()).add(step.urn)
    twice: dict[str, str] = {}
    for step in listed:
        old = step.old_state
        if step.op not in _DELETES or old is None or old.retain_on_delete or old.protect:
            continue
        found = _object(step.urn, old)
        # A replacement gives its own object up and makes it anew.
        others = sorted(declares.get(found, set()) - {step.urn}) if found else []
        if others:
            twice[step.urn] = others[0]
    return twice


def _object(urn: str, state: State | None) -> tuple[str, str, str, str] | None:
    """Group, kind, namespace and name of the object in the cluster; None for what is no object of its own."""
    token = urn.split("::", 3)[2].rpartition("$")[2]
    if state is None or not token.startswith(f"{KUBERNETES}:") or is_patch(token):
        return None
    _, module, kind = token.split(":", 2)
    metadata = state.inputs.get("metadata")
    given = metadata if isinstance(metadata, dict) else {}
    namespace, _, name = state.id.rpartition("/")
    name, namespace = given.get("name") or name, given.get("namespace") or namespace
    # A namespace that nobody names is the default one.
    return (module.split("/")[0], kind, namespace if namespace != "default" else "", name) if name else None
