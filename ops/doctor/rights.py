"""Whether whoever types `up` may do what it does, asked of the API server itself (SelfSubjectAccessReview)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops.doctor.finding import good, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

_VERBS = ("get", "list", "watch", "create", "patch", "delete")
_ROLES = {"Role": "roles", "ClusterRole": "clusterroles"}
_NAMED = 4
"""Missing rights that are named; the rest is counted."""

Right = tuple[tuple[str, str], ...]
"""The attributes of a review, in their order."""


def check_rights(context: DoctorContext) -> Iterator[Finding]:
    """Ask for each verb on each declared kind, and for whatever the declared roles would give away."""
    missing = list(_refused(context, [_right(verb="*", group="*", resource="*")]) and _lacking(context))
    if not missing:
        yield good("rights", "whoever runs this may make everything that is declared")
        return
    places: dict[str, list[str]] = {}
    for right in missing:
        given = dict(right)
        group = f".{given['group']}" if given.get("group") else ""
        thing = given.get("path") or f"{given['resource']}{group}"
        name = f" {given['name']}" if "name" in given else ""
        places.setdefault(given.get("namespace", ""), []).append(f"{given['verb']} {thing}{name}")
    for place, said in sorted(places.items()):
        named = ", ".join(said[:_NAMED]) + (f" and {len(said) - _NAMED} more" if len(said) > _NAMED else "")
        where = f"in namespace {place}" if place else "outside of namespaces"
        option = f" --namespace {place}" if place else ""
        problem = f"whoever runs this may not {named}, and `up` would stop half-way"
        remedy = f"Have them granted; to see all of them: {context.cluster.command('auth', 'can-i', '--list')}{option}"
        yield wrong(f"rights {where}", problem, remedy)


def _lacking(context: DoctorContext) -> Iterator[Right]:
    """Yield what is refused of what `up` does."""
    wanted, roles = {}, {}
    for one in context.declared:
        plural = context.served[one.version].get(one.kind)
        if plural is None:
            continue
        group = one.version.rpartition("/")[0]
        place = {"namespace": one.namespace} if one.namespace else {}
        for verb in _VERBS:
            wanted[_right(verb=verb, group=group, resource=plural, **place)] = True
        if one.kind in _ROLES:
            # Kubernetes lets nobody give what they don't have, unless they may escalate.
            escalate = _right(verb="escalate", group=group, resource=_ROLES[one.kind], **place)
            roles.setdefault(escalate, []).extend(_granted(one.body.get("rules") or [], place))
    yield from _refused(context, wanted)
    given = [right for escalate in _refused(context, roles) for right in roles[escalate]]
    yield from _refused(context, dict.fromkeys(given))


def _granted(rules: Iterable[dict[str, Any]], place: dict[str, str]) -> Iterator[Right]:
    for rule in rules:
        for verb in rule["verbs"]:
            for path in rule.get("nonResourceURLs", []):
                yield _right(verb=verb, path=path)
            for group in rule.get("apiGroups", []):
                for resource in rule.get("resources", []):
                    for name in rule.get("resourceNames") or [None]:
                        named = {} if name is None else {"name": name}
                        yield _right(verb=verb, group=group, resource=resource, **named, **place)


def _right(**attributes: str) -> Right:
    return tuple(attributes.items())


def _refused(context: DoctorContext, rights: Iterable[Right]) -> list[Right]:
    """Return the rights that the API server says no to; a review is answered and never kept."""
    asked = list(rights)
    if not asked:
        return []
    reviews = [
        {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": _attributes(dict(right))}
        for right in asked
    ]
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": reviews})
    text = context.cluster.ask("create", "--filename=-", "--validate=false", "--output=json", given=listed)
    return [right for right, answer in zip(asked, _documents(text), strict=True) if not answer["status"]["allowed"]]


def _attributes(right: dict[str, str]) -> dict[str, Any]:
    if "path" in right:
        return {"nonResourceAttributes": right}
    resource, _, subresource = right["resource"].partition("/")
    return {"resourceAttributes": {**right, "resource": resource, "subresource": subresource}}


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """Yield the documents that kubectl prints one behind the other."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        yield from document.get("items", [document])
