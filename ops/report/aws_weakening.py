"""What a change takes away from the guards of data in AWS, by kind and field: encryption, keys, replicas, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.report.aws_policies import broad, widened
from ops.report.aws_rules import MEMBERS, POLICIES, RULES
from ops.report.kinds import AWS, SEARCH_DOMAIN, group_and_name
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.report.digest import Step

_LIFECYCLES = {"aws:s3:Bucket": "lifecycleRules", "aws:s3:BucketLifecycleConfiguration": "rules"}
_EXPIRIES = ("expiration", "noncurrentVersionExpiration", "expirations", "noncurrentVersionExpirations")


def weakened_in_aws(token: str, step: Step) -> list[str]:
    """Say what is less safe after a step on a resource of AWS, by path and without values.

    What is the same for every cloud, such as sizes, times and `forceDestroy`, is judged with all other kinds.

    Args:
        token: its type.
        step: what the engine would do.
    """
    if not token.startswith(f"{AWS}:"):
        return []
    kind = group_and_name(token).removesuffix("V2")
    old, new = (state.inputs if state else {} for state in (step.old_state, step.new_state))
    if step.new_state is None:
        return []
    if step.old_state is None:
        return list(_born_weak(kind, new))
    found = [
        f"{code(path)} {said}"
        for path, rule in RULES.get(kind, {}).items()
        for before, after in _both(old, new, path)
        if (said := rule(before, after))
    ]
    found += [
        f"fewer {code(path)} than before"
        for path in MEMBERS.get(kind, ())
        if len(_values(new, path, whole=True)) < len(_values(old, path, whole=True))
    ]
    return [*dict.fromkeys(found), *_policies(kind, old, new), *_lifecycle(kind, old, new)]


def _born_weak(kind: str, new: Mapping[str, Any]) -> Iterator[str]:
    if new.get("forceDestroy") is True:
        yield f"{code('forceDestroy')} is set: a deletion would take every object with it"
    for said in () if _asks_for_a_password(kind, new) else broad(new.get(POLICIES.get(kind, ""))):
        yield f"{code(POLICIES[kind])} {said}"


def _asks_for_a_password(kind: str, new: Mapping[str, Any]) -> bool:
    """Whether it is a domain in a private network with users of its own: IAM knows none, so its policy names none."""
    security = new.get("advancedSecurityOptions") or {}
    return (
        kind == SEARCH_DOMAIN
        and bool((new.get("vpcOptions") or {}).get("subnetIds"))
        and security.get("internalUserDatabaseEnabled") is True
        and security.get("anonymousAuthEnabled") is not True
    )


def _policies(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    name = POLICIES.get(kind)
    # A session without a policy of its own may do all that its role may: the first one only takes away.
    first = kind == "aws:eks:PodIdentityAssociation" and not old.get(name or "")
    if name and not first:
        for said in widened(old.get(name), new.get(name)):
            yield f"{code(name)} {said}"
    if kind == "aws:iam:Role":
        before = {one.get("name"): one.get("policy") for one in old.get("inlinePolicies") or []}
        for one in new.get("inlinePolicies") or []:
            for said in widened(before.get(one.get("name")), one.get("policy")):
                yield f"{code('inlinePolicies')} {said}"
        if set(new.get("managedPolicyArns") or []) - set(old.get("managedPolicyArns") or []):
            yield f"{code('managedPolicyArns')} has more than before"


def _lifecycle(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say which rules end objects that the rule of the same name left alone; how soon is judged by their times."""
    name = _LIFECYCLES.get(kind, "")
    before = {one.get("id"): one for one in old.get(name) or [] if _acts(one)}
    for one in new.get(name) or []:
        path = f"{name}[{one.get('id')}]"
        earlier = before.get(one.get("id"))
        if not _acts(one):
            continue
        if earlier is None:
            yield f"{code(path)} ends what was kept"
            continue
        if not _narrower(earlier, one):
            yield f"{code(path)} applies to other objects than before"
        for expiry in _EXPIRIES:
            counts = [(side.get(expiry) or {}) for side in (earlier, one)]
            kept = [found.get("newerNoncurrentVersions") if isinstance(found, dict) else None for found in counts]
            if isinstance(kept[0], int) and (not isinstance(kept[1], int) or kept[1] < kept[0]):
                yield f"{code(f'{path}.{expiry}.newerNoncurrentVersions')} gets smaller"


def _acts(rule: Mapping[str, Any]) -> bool:
    """Whether a rule ends objects."""
    off = rule.get("status") == "Disabled" or rule.get("enabled") is False
    return not off and any(rule.get(name) for name in _EXPIRIES)


def _narrower(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether what a rule applies to is the same or less; no where that is not plain."""
    scopes = [(rule.get("filter") or {"prefix": rule.get("prefix") or ""}) for rule in (old, new)]
    if scopes[0] == scopes[1]:
        return True
    plain = all(set(scope) <= {"prefix"} for scope in scopes)
    return plain and str(scopes[1].get("prefix", "")).startswith(str(scopes[0].get("prefix", "")))


def _both(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> list[tuple[Any, Any]]:
    """A value before and after; members of lists by their place, one that went counts as members do."""
    before, after = _values(old, path), _values(new, path)
    if not after and not before:
        return []
    size = max(len(before), len(after))
    return list(zip(*(side + [None] * (size - len(side)) for side in (before, after)), strict=True))


def _values(value: object, path: str, *, whole: bool = False) -> list[Any]:
    """All values at a path; of a list's members each, and at its end too where it is asked for as a whole."""
    if isinstance(value, list):
        return [found for one in value for found in _values(one, path, whole=whole)]
    if not path:
        return [value]
    head, _, rest = path.partition(".")
    inner = value.get(head) if isinstance(value, dict) else None
    if inner is None:
        return [] if whole or "." in path else [None]
    return _values(inner, rest, whole=whole)
