"""What a change takes away from the guards of data in AWS, by kind and field: encryption, keys, replicas, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.report.aws_policies import broad, widened
from ops.report.kinds import AWS, SEARCH_DOMAIN, SEARCH_DOMAIN_POLICY, group_and_name
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ops.report.digest import Step

    Rule = Callable[[Any, Any], str]

_LOST = "no longer protects data"
_ACTIVE = (True, "Enabled")
_TLS = ("Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10")
"""What a search domain speaks at least, the weakest first."""


def _stays(*safe: str) -> Rule:
    """A value that protects, and must not become another."""
    return lambda before, after: _LOST if before in safe and after not in safe else ""


def _on(before: object, after: object) -> str:
    """What protects only where it is switched on."""
    return _LOST if before is True and after is not True else ""


def _not_off(before: object, after: object) -> str:
    """What protects unless it is switched off."""
    return _LOST if before is not False and after is False else ""


def _not_on(said: str) -> Rule:
    """What does harm where it is switched on."""
    return lambda before, after: said if before not in _ACTIVE and after in _ACTIVE else ""


def _never_fewer(before: object, after: object) -> str:
    """A number that may grow only; where none is given, AWS's own default of one counts."""
    one, other = (1 if value is None else value for value in (before, after))
    return "gets smaller" if isinstance(one, int) and isinstance(other, int) and other < one else ""


def _unchanged(said: str) -> Rule:
    """What was there and becomes another, or goes."""
    return lambda before, after: said if before is not None and before != after else ""


def _tls(before: object, after: object) -> str:
    if before == after or before not in _TLS or _TLS.index(before) == 0:
        return ""
    return "speaks older TLS" if after not in _TLS or _TLS.index(after) < _TLS.index(before) else ""


_ENCRYPTION = {
    "applyServerSideEncryptionByDefault.sseAlgorithm": _stays("aws:kms", "aws:kms:dsse"),
    "applyServerSideEncryptionByDefault.kmsMasterKeyId": _unchanged("is another key"),
}
_REPLICATION = {
    "status": _stays("Enabled"),
    "deleteMarkerReplication.status": _not_on("lets deletions reach the replica"),
    "destination.bucket": _unchanged("is another bucket; the earlier replicas grow old"),
    "destination.encryptionConfiguration.replicaKmsKeyId": _unchanged("is another key"),
    "destination.replicationTime.status": _stays("Enabled"),
    "destination.metrics.status": _stays("Enabled"),
    "sourceSelectionCriteria.sseKmsEncryptedObjects.status": _stays("Enabled"),
}
# By kind without its module's version, and by path without the indexes of lists.
_RULES: dict[str, dict[str, Rule]] = {
    "aws:s3:Bucket": {f"serverSideEncryptionConfiguration.rule.{path}": rule for path, rule in _ENCRYPTION.items()}
    | {f"replicationConfiguration.rules.{path}": rule for path, rule in _REPLICATION.items()},
    "aws:s3:BucketOwnershipControls": {"rule.objectOwnership": _stays("BucketOwnerEnforced")},
    "aws:s3:BucketReplicationConfig": {f"rules.{path}": rule for path, rule in _REPLICATION.items()},
    "aws:s3:BucketServerSideEncryptionConfiguration": {f"rules.{path}": rule for path, rule in _ENCRYPTION.items()},
    "aws:s3:BucketObjectLockConfiguration": {"rule.defaultRetention.mode": _stays("GOVERNANCE", "COMPLIANCE")},
    "aws:kms:Alias": {"targetKeyId": _unchanged("is another key; what the earlier one encrypted stays with that one")},
    "aws:kms:Key": {
        "enableKeyRotation": _on,
        "bypassPolicyLockoutSafetyCheck": _not_on("lets a policy lock everybody out"),
        "policy": lambda before, after: "is gone: AWS's default applies" if before and not after else "",
    },
    "aws:kms:ReplicaKey": {"enabled": _not_off},
    "aws:iam:Role": {"permissionsBoundary": _unchanged("is another one, or gone")},
    "aws:iam:RolePolicyAttachment": {"policyArn": _unchanged("is another policy")},
    "aws:eks:PodIdentityAssociation": {
        "roleArn": _unchanged("is another role"),
        "policy": lambda before, after: "no longer limits the session" if before and not after else "",
    },
    SEARCH_DOMAIN: {
        "encryptAtRest.enabled": _on,
        "encryptAtRest.kmsKeyId": _unchanged("is another key"),
        "nodeToNodeEncryption.enabled": _on,
        "domainEndpointOptions.enforceHttps": _on,
        "domainEndpointOptions.tlsSecurityPolicy": _tls,
        "advancedSecurityOptions.enabled": _on,
        "advancedSecurityOptions.anonymousAuthEnabled": _not_on("lets in who has no name"),
        "clusterConfig.instanceCount": _never_fewer,
        "clusterConfig.warmCount": _never_fewer,
        "clusterConfig.dedicatedMasterCount": _never_fewer,
        "clusterConfig.dedicatedMasterEnabled": _on,
        "clusterConfig.multiAzWithStandbyEnabled": _on,
        "clusterConfig.zoneAwarenessEnabled": _on,
        "clusterConfig.zoneAwarenessConfig.availabilityZoneCount": _never_fewer,
        "ebsOptions.ebsEnabled": _on,
        "snapshotOptions.automatedSnapshotStartHour": _unchanged("is another hour, so that one day has none"),
        "logPublishingOptions.enabled": _not_off,
        "softwareUpdateOptions.autoSoftwareUpdateEnabled": _not_on("lets AWS restart nodes"),
    },
}
# Lists in which a member that goes is a guard that goes.
_MEMBERS = {
    "aws:s3:BucketReplicationConfig": ("rules",),
    SEARCH_DOMAIN: ("logPublishingOptions", "vpcOptions.subnetIds"),
}
# Where a policy stands, by the last name of its path.
_POLICIES = {
    "aws:s3:Bucket": "policy",
    "aws:s3:BucketPolicy": "policy",
    "aws:kms:Key": "policy",
    "aws:kms:KeyPolicy": "policy",
    "aws:kms:ReplicaKey": "policy",
    "aws:iam:Policy": "policy",
    "aws:iam:Role": "assumeRolePolicy",
    "aws:iam:RolePolicy": "policy",
    SEARCH_DOMAIN: "accessPolicies",
    SEARCH_DOMAIN_POLICY: "accessPolicies",
    "aws:eks:PodIdentityAssociation": "policy",
}
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
        for path, rule in _RULES.get(kind, {}).items()
        for before, after in _both(old, new, path)
        if (said := rule(before, after))
    ]
    found += [
        f"fewer {code(path)} than before"
        for path in _MEMBERS.get(kind, ())
        if len(_values(new, path, whole=True)) < len(_values(old, path, whole=True))
    ]
    return [*dict.fromkeys(found), *_policies(kind, old, new), *_lifecycle(kind, old, new)]


def _born_weak(kind: str, new: Mapping[str, Any]) -> Iterator[str]:
    if new.get("forceDestroy") is True:
        yield f"{code('forceDestroy')} is set: a deletion would take every object with it"
    for said in broad(new.get(_POLICIES.get(kind, ""))):
        yield f"{code(_POLICIES[kind])} {said}"


def _policies(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    name = _POLICIES.get(kind)
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
