"""Hooks that refuse a change which would take a store's data away, before anything is touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pulumi import ResourceHook, ResourceHookBinding, ResourceHookOptions, RunError

from components.settings.quantities import Bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import ResourceHookArgs


def growing_claim(key: str, name: str) -> ResourceHookBinding:
    """Return hooks for a claim's patch: its request may grow and stay, never shrink.

    The hook runs at preview too, because it compares what the last update recorded with what is asked for now.

    Args:
        key: the key of the stack file that holds the size, for the message.
        name: tells the hooks of two StatefulSets apart.
    """

    def refuse_smaller(args: ResourceHookArgs) -> None:
        old, new = _requested(args.old_inputs), _requested(args.new_inputs)
        if old is not None and new is not None and Bytes.parse(new) < Bytes.parse(old):
            raise RunError(
                f"{key} asks for a disk of {new}, smaller than the {old} that {args.name} has. A volume can't shrink, "
                f"so it was left as it is. Set the size back to {old} or more."
            )

    hook = ResourceHook(f"claims of {name} only grow", refuse_smaller, ResourceHookOptions(on_dry_run=True))
    return ResourceHookBinding(before_update=[hook])


LEDGER = "ballast/nodes"
"""Annotation of a namespace: how many nodes each pool of a store in it has, by the key of the stack file."""


def ledger(nodes: Mapping[str, int]) -> str:
    """Return the annotation's value."""
    return json.dumps(nodes, sort_keys=True)


def growing_pools() -> ResourceHookBinding:
    """Return hooks for a namespace: the pools in its ledger may gain nodes, never just lose some or disappear.

    A node that is taken away takes its shards out of service. That has to go through a drain, which moves them first.
    The namespace is where this is asked, because everything else waits for it, and because a StatefulSet that is no
    longer declared can't be asked any more.
    """

    def refuse_fewer(args: ResourceHookArgs) -> None:
        old, new = _nodes(args.old_inputs), _nodes(args.new_inputs)
        for key, before in old.items():
            after = new.get(key, 0)
            if after < before:
                raise RunError(
                    f"{key} leaves {after} of {before} nodes, and shards would go with the ones taken away. Nodes are "
                    "only taken away after a drain has moved their shards, so nothing was changed. Set the number back."
                )

    hook = ResourceHook("pools only grow", refuse_fewer, ResourceHookOptions(on_dry_run=True))
    return ResourceHookBinding(before_update=[hook])


def _nodes(inputs: Mapping[str, Any] | None) -> dict[str, int]:
    annotations = ((inputs or {}).get("metadata") or {}).get("annotations") or {}
    return json.loads(annotations.get(LEDGER, "{}"))


def _requested(inputs: Mapping[str, Any] | None) -> str | None:
    spec = (inputs or {}).get("spec") or {}
    return ((spec.get("resources") or {}).get("requests") or {}).get("storage")
