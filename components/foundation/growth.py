"""Hooks that refuse a change which would take a store's data away, before anything is touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pulumi import ResourceHook, ResourceHookBinding, ResourceHookOptions, RunError

from components.foundation.labels import PART_OF
from components.settings.quantities import Bytes
from components.settings.transitions import NAMESPACE_PREFIX, forbidden_transitions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi import ResourceHookArgs

RECORDED_STATE = "ballast/recorded-state"
"""Annotation of a namespace: what data already written ties the stack to, by key of the stack file."""


def growing_claim(key: str, name: str) -> ResourceHookBinding:
    """Return hooks for a claim's patch: its request may grow and stay, never shrink.

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

    return _before_update(f"claims of {name} only grow", refuse_smaller)


def written(recorded_state: Mapping[str, str]) -> str:
    """Return the annotation's value."""
    return json.dumps(recorded_state, sort_keys=True)


def allowed_steps() -> ResourceHookBinding:
    """Return hooks for the namespace that carries the recorded state: only steps that no store loses data by.

    Versions, sizes, pools and zones are compared with what the last update recorded. The namespace is where this is
    asked, because everything else waits for it, and because what is no longer declared can't be asked any more.
    """
    return _judged("steps that lose no data", _recorded)


def same_namespaces() -> ResourceHookBinding:
    """Return hooks for the provider, whose default namespace carries the platform's prefix: that stays.

    With another prefix the namespace that carries the recorded state would be another one, and the engine would make it
    without comparing it with the old one. The provider stays the same.
    """
    return _judged("namespaces stay where they are", _prefix)


def _judged(name: str, recorded: Callable[[Mapping[str, Any]], dict[str, str]]) -> ResourceHookBinding:
    def refuse(args: ResourceHookArgs) -> None:
        broken = forbidden_transitions(recorded(args.old_inputs or {}), recorded(args.new_inputs or {}))
        if broken:
            lines = [f"{'.'.join(map(str, m.path))}: {m.problem}; {m.remedy}" for m in broken]
            raise RunError("\n".join(["Nothing was changed, because data could be lost:", *lines]))

    return _before_update(name, refuse)


def same_cluster(stack_file: str) -> ResourceHookBinding:
    """Return hooks for what notes the cluster's identity: a stack never goes on in another cluster.

    The provider would be another one, so that every object would be replaced, those that hold data too.

    Args:
        stack_file: its name, for the message.
    """

    def refuse(args: ResourceHookArgs) -> None:
        was, now = ((inputs or {}).get("input") for inputs in (args.old_inputs, args.new_inputs))
        if was != now:
            raise RunError(
                f"{stack_file}: ballast:cluster.identity changes from {was} to {now}, but all that this stack has made "
                f"is in cluster {was}, and every object would be replaced. Nothing was changed. Write {was}; a new "
                "cluster gets a stack of its own. If the old one is gone for good: pulumi stack rm --force "
                "--preserve-config, then pulumi stack init."
            )

    return _before_update("a stack stays in its cluster", refuse)


def _before_update(name: str, refuse: Callable[[ResourceHookArgs], None]) -> ResourceHookBinding:
    """At preview too: what the last update recorded is compared with what is asked for now."""
    return ResourceHookBinding(before_update=[ResourceHook(name, refuse, ResourceHookOptions(on_dry_run=True))])


def _recorded(inputs: Mapping[str, Any]) -> dict[str, str]:
    annotations = (inputs.get("metadata") or {}).get("annotations") or {}
    return json.loads(annotations.get(RECORDED_STATE, "{}"))


def _prefix(inputs: Mapping[str, Any]) -> dict[str, str]:
    default = inputs.get("namespace")
    return {} if default is None else {NAMESPACE_PREFIX: default.removesuffix(PART_OF.bare)}


def _requested(inputs: Mapping[str, Any] | None) -> str | None:
    spec = (inputs or {}).get("spec") or {}
    return ((spec.get("resources") or {}).get("requests") or {}).get("storage")
