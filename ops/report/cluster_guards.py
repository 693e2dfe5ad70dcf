"""What a change takes away from the guards of a cluster: admission policies, labels that they select by, the fence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.report.kinds import KUBERNETES, group_and_name
from ops.report.paths import without_indexes
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.report.digest import State, Step

_POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
# Where a policy or its binding says what it is not about, so that whatever is added lets something through.
_NARROWS = ("excludeResourceRules", "matchConditions", "matchResources", "namespaceSelector", "objectSelector")
_WORDS = ("auditAnnotations", "message", "messageExpression", "reason")
# Judged as every other field is.
_JUDGED_ELSEWHERE = ("failurePolicy", "policyName", "validationActions")
_ENFORCED = "pod-security.kubernetes.io/enforce"
_STRICTNESS = (None, "privileged", "baseline", "restricted")
_ONLY_TOLD = ("pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/warn")
_RUNS = "ends: what it did on a schedule is done no more"


def weakened_in_cluster(token: str, step: Step) -> list[str]:
    """Say which guards of a cluster an update makes weaker, by path and without values.

    Args:
        token: the resource's type.
        step: what the engine would do.
    """
    if not token.startswith(f"{KUBERNETES}:") or step.old_state is None or step.new_state is None:
        return []
    kind = group_and_name(token).rpartition(":")[2]
    found = list(_finalizers(step.old_state, step.new_state))
    if kind in _POLICIES:
        found += dict.fromkeys(_policy(_paths(_spec(step.old_state)), _paths(_spec(step.new_state))))
    if kind == "Namespace":
        found += _labels(step.old_state, step.new_state)
    if kind == "NetworkPolicy":
        found += _fence(step.old_state, step.new_state)
    return found


def ended(token: str, old: State | None) -> list[str]:
    """Say what ends with the deletion of an object that holds nothing itself."""
    kind = group_and_name(token).rpartition(":")[2] if token.startswith(f"{KUBERNETES}:") else ""
    if old is None:
        return []
    if kind == "CronJob" and _spec(old).get("suspend") is not True:
        return [_RUNS]
    return ["nothing is denied by default any more"] if kind == "NetworkPolicy" and _denied(old) else []


def _policy(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for path in sorted(old.keys() | new.keys()):
        shown = code(f"spec.{path.partition('=')[0]}")
        names = without_indexes(path.partition("=")[0]).split(".")
        before, after = old.get(path), new.get(path)
        if before == after or set(names) & {*_WORDS, *_JUDGED_ELSEWHERE}:
            continue
        if before is None:
            if set(names) & set(_NARROWS):
                yield f"{shown} may let through what was refused"
        # An expression that refuses nothing can only get stricter.
        elif str(before).strip() != "true":
            yield f"{shown} changes what is refused"


def _labels(old: State, new: State) -> Iterator[str]:
    was, now = ((_metadata(state).get("labels") or {}) for state in (old, new))
    for name, value in was.items():
        if name == _ENFORCED and now.get(name) in _STRICTNESS and value in _STRICTNESS:
            if _STRICTNESS.index(now.get(name)) < _STRICTNESS.index(value):
                yield f"{code(f'metadata.labels.{name}')} allows pods that were refused"
        elif now.get(name) != value and not name.startswith(_ONLY_TOLD):
            yield f"{code(f'metadata.labels.{name}')} changes: what selects by it may hold here no more"


def _finalizers(old: State, new: State) -> Iterator[str]:
    was, now = (set(_metadata(state).get("finalizers") or []) for state in (old, new))
    if was - now:
        yield f"fewer {code('metadata.finalizers')} than before"
    # By one of these an operator deletes the volumes with the object.
    if any("delete" in str(name) for name in now - was):
        yield f"{code('metadata.finalizers')} deletes more with it than before"


def _fence(old: State, new: State) -> Iterator[str]:
    if _denied(old) - _denied(new):
        yield "no longer denies by default"
    elif _denied(old):
        for way in ("ingress", "egress"):
            if any(rule not in (_spec(old).get(way) or []) for rule in _spec(new).get(way) or []):
                yield f"{code(f'spec.{way}')} lets every pod do more than before"


def _denied(state: State) -> set[str]:
    """Which ways are closed to every pod of its namespace but for what it names."""
    spec = _spec(state)
    ways = spec.get("policyTypes") or []
    named = {"Ingress": "from", "Egress": "to"}
    if spec.get("podSelector") != {}:
        return set()
    return {way for way in ways if way in named and all(rule.get(named[way]) for rule in spec.get(way.lower()) or [])}


def _spec(state: State) -> Mapping[str, Any]:
    return _mapping(state.inputs.get("spec"))


def _metadata(state: State) -> Mapping[str, Any]:
    return _mapping(state.inputs.get("metadata"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _paths(value: object, path: str = "") -> dict[str, Any]:
    """Every leaf by its path; members of lists of plain values by themselves, so that their order says nothing."""
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= _paths(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            plain = not isinstance(inner, (dict, list))
            found |= {f"{path}={inner}": inner} if plain else _paths(inner, f"{path}[{index}]")
    else:
        found[path] = value
    return found
