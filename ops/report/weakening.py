"""What a change takes away from the guards of data: protection, retention, policies, backups, sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from components.settings.quantities import Bytes
from ops.report.hidden import unseen
from ops.report.paths import MEMBER, without_indexes
from ops.report.schedules import runs_in_a_year
from ops.report.wording import code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ops.report.digest import State, Step

# Whether data is safe with a value, by the last name of a property's path; None where it is not given.
_SAFE: dict[str, Callable[[Any], bool]] = {
    "acl": lambda value: value not in ("public-read", "public-read-write", "authenticated-read"),
    "backupOwnerReference": lambda value: value in (None, "none"),
    "blockPublicAcls": lambda value: value is True,
    "blockPublicPolicy": lambda value: value is True,
    "deleteAutomatedBackups": lambda value: value is not True,
    "deleteClaim": lambda value: value is not True,
    "deletionPolicy": lambda value: value == "Retain",
    "deletionProtection": lambda value: value is True,
    "deletionProtectionEnabled": lambda value: value is True,
    "enableLogicalBackup": lambda value: value is True,
    "failurePolicy": lambda value: value != "Ignore",
    "forceDelete": lambda value: value is not True,
    "forceDestroy": lambda value: value is not True,
    "ignorePublicAcls": lambda value: value is True,
    "instances": lambda value: not _is_number(value) or value > 0,
    "isCA": lambda value: value is True,
    "isEnabled": lambda value: value is not False,
    "isWALArchiver": lambda value: value is True,
    "mfaDelete": lambda value: value == "Enabled",
    "numberOfInstances": lambda value: not _is_number(value) or value > 0,
    "objectLockEnabled": lambda value: value in (True, "Enabled"),
    "pause": lambda value: value is not True,
    "paused": lambda value: value is not True,
    "persistentVolumeReclaimPolicy": lambda value: value == "Retain",
    "reclaimPolicy": lambda value: value == "Retain",
    "replicas": lambda value: not _is_number(value) or value > 0,
    "restrictPublicBuckets": lambda value: value is True,
    "skipFinalSnapshot": lambda value: value is not True,
    "snapshotOwnerReference": lambda value: value in (None, "none"),
    "suspend": lambda value: value is not True,
    "validationActions": lambda value: isinstance(value, list) and "Deny" in value,
    "volumeClaimDeletePolicy": lambda value: value != "DeleteOnScaledownAndClusterDeletion",
    "whenDeleted": lambda value: value != "Delete",
    "whenScaled": lambda value: value != "Delete",
}
# The same where the last name says too little, by the end of the path without indexes.
_SAFE_AT: dict[str, Callable[[Any], bool]] = {
    "annotations.cnpg.io/hibernation": lambda value: value != "on",
    "backupPolicy.status": lambda value: value == "ENABLED",
    "defaultRetention.mode": lambda value: value == "COMPLIANCE",
    "nodeSets.count": lambda value: not _is_number(value) or value > 0,
    "persistence.enabled": lambda value: value is not False,
    "persistentVolume.enabled": lambda value: value is not False,
    "pointInTimeRecovery.enabled": lambda value: value is True,
    "privateKey.rotationPolicy": lambda value: value == "Never",
    "validations.expression": lambda value: str(value).strip() != "true",
    "versioning.enabled": lambda value: value is True,
    "versioningConfiguration.status": lambda value: value == "Enabled",
    "versionings.enabled": lambda value: value is True,
}
_SIZES = frozenset({"storage", "size", "allocatedStorage", "volumeSize", "diskSize"})
# How long something is kept or can be had back, by the end of the path, with what is meant where it is not given.
_TIMES: dict[str, int | None] = {
    "automaticBackupRetentionDays": None,
    "automatedSnapshotRetentionPeriod": None,
    "backtrackWindow": 0,
    "backupRetentionPeriod": None,
    "config.retention.ms": None,
    "days": None,
    "deleteAfter": None,
    "deletionWindowInDays": 30,
    "logicalBackupRetention": None,
    "minRetentionDays": None,
    "noncurrentDays": None,
    "recoveryPeriodInDays": 35,
    "recoveryWindowInDays": 30,
    "retention": None,
    "retentionInDays": None,
    "retentionPeriod": None,
    "retentionPolicy": None,
    "snapshotRetentionLimit": None,
    "ttl": None,
    "years": None,
}
# When a backup is taken.
_SCHEDULES = frozenset({"schedule", "scheduleExpression", "logicalBackupSchedule"})
# What ends by itself from now on, where nothing ended before.
_ENDS = (
    "expiration.days",
    "noncurrentVersionExpiration.days",
    "noncurrentVersionExpiration.noncurrentDays",
    "retentionInDays",
)
# Sections that guard data: a whole one counts by its members, of a backup every property.
_CLAIMS = ("persistentVolumeClaim", "volumeClaimTemplate")
_SECTIONS = ("resourceRules", "snapshotRepositories", "validations")
_LISTS = ("plugins", "replicas")
_BACKUPS = ("backup", "backupPolicy", "backups", "barmanObjectStore", "finalSnapshotIdentifier", "policyName")
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}
_TIME = re.compile(r"(\d+)\s*([hdwmy])")

JUDGED = frozenset({"BucketLifecycleConfiguration", "BucketLifecycleConfigurationV2", "Certificate", "CronJob"})
"""Kinds whose object holds nothing, and whose update can still cost data; of others only a volume is judged."""


def lost_promises(step: Step) -> list[str]:
    """Say which of the program's promises to keep an object an update ends; for objects of any kind."""
    old, new = step.old_state, step.new_state
    if old is None or new is None:
        return []
    found = ["`protect` is taken off: the next change may delete it"] if old.protect and not new.protect else []
    if old.retain_on_delete and not new.retain_on_delete:
        found.append("`retainOnDelete` is taken off: a deletion would no longer leave it in the cluster")
    return found


def weakened(step: Step) -> list[str]:
    """Say which properties are less safe after an update, by path and without values."""
    old, new = _leaves(step.old_state), _leaves(step.new_state)
    found = [f"{code(path)} {said}" for path in sorted(old.keys() | new.keys()) if (said := _less_safe(path, old, new))]
    return [*found, *lost_volumes(step), *_lost_sections(old, new), *unseen(step, old, new, _decides)]


def _decides(path: str) -> bool:
    """Whether a property guards data by its value."""
    plain, name = without_indexes(path), path.rpartition(".")[2]
    return name in _SAFE or name in _SIZES or f".{plain}".endswith(tuple(f".{end}" for end in (*_SAFE_AT, *_TIMES)))


def lost_volumes(step: Step) -> list[str]:
    """Say which claims an update takes off; for objects of any kind, because any may run on one."""
    return _fewer(_leaves(step.old_state), _leaves(step.new_state), _CLAIMS)


def _less_safe(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What is less safe at a path; empty where nothing is."""
    before, after = old.get(path), new.get(path)
    plain, name = without_indexes(path), path.rpartition(".")[2]
    safe = _SAFE.get(name) or next((rule for end, rule in _SAFE_AT.items() if plain.endswith(end)), None)
    if safe and safe(before) and not safe(after):
        return "no longer protects data"
    if name in _SIZES and _smaller(_size(before), _size(after)):
        return "shrinks"
    if name in _SCHEDULES and _smaller(runs_in_a_year(before), runs_in_a_year(after)):
        return "comes less often"
    return _shorter(plain, before, after)


def _shorter(plain: str, before: object, after: object) -> str:
    known = next((end for end in _TIMES if f".{plain}".endswith(f".{end}")), None)
    if known is None:
        return ""
    default, ends = _TIMES[known], plain.endswith(_ENDS)
    if _smaller(_days(before, default), _days(after, default)):
        return "gets shorter"
    if before is None and after is not None and ends:
        return "ends what was kept"
    # What replaces it is the default of whoever reads it, which is hardly ever longer.
    gone = before is not None and after is None and default is None
    return "is gone" if gone and not ends and "ransition" not in plain else ""


def _lost_sections(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    gone = [path for path in old if path not in new and set(without_indexes(path).split(".")) & set(_BACKUPS)]
    moved = [path for path in old if path.endswith("policyName") and path in new and old[path] != new[path]]
    said = [f"{code(path)} is gone" for path in gone] + [f"{code(path)} changes" for path in moved]
    return [*said, *_fewer(old, new, _SECTIONS), *_fewer(old, new, _LISTS, MEMBER)]


def _fewer(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str], index: str = rf"(?:{MEMBER})?"
) -> list[str]:
    return [
        f"fewer {code(name)} than before"
        for name in names
        if len(_members(new, name, index)) < len(_members(old, name, index))
    ]


def _members(leaves: Mapping[str, Any], name: str, index: str) -> set[str]:
    """The paths at which a section or a member of it stands."""
    pattern = re.compile(rf"^.*?(?:^|\.){name}{index}(?=\.|$)")
    return {found[0] for path, value in leaves.items() if value is not None and (found := pattern.match(path))}


def _leaves(state: State | None) -> dict[str, Any]:
    return dict(_walk(state.inputs, "")) if state else {}


def _walk(value: object, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and not path.endswith("validationActions"):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")
    else:
        yield path, value


def _smaller(old: float | None, new: float | None) -> bool:
    """Whether something shrinks; gone, or no longer readable, is nothing to compare."""
    return old is not None and new is not None and new < old


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _days(value: object, default: int | None) -> float | None:
    """A time in days; a bare number is as many as its property counts, which is the same before and after."""
    if value is None:
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    parts = _TIME.findall(str(value))
    return sum(int(number) * _DAYS[unit] for number, unit in parts) if parts else None


def _size(value: object) -> int | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    try:
        return int(Bytes.parse(value))
    except PydanticCustomError:
        return None
