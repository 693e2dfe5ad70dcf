"""What people are told of claims."""

from __future__ import annotations

from components.observability.alertmanager.settings import Severity
from components.settings.quantities import Duration
from components.signals.alerts import Alert
from components.signals.promql import in_platform, minutes, recent

VOLUME_LOW, VOLUME_FULL = 0.85, 0.95
"""Shares of a volume, or of a machine's disk, from which there is little time left, and none."""

AHEAD = Duration.parse("4d")
TREND = "[6h]"
"""How far ahead a volume that fills is told of, and the past by which that is judged."""

TREND_FROM = 0.6
"""Share of a volume below which its trend says nothing: a restore fills a disk quickly and then stops."""


def _volume(what: str) -> str:
    return f"max by (namespace, persistentvolumeclaim) ({recent(in_platform(f'kubelet_volume_stats_{what}'))})"


def _volume_used() -> str:
    return f"1 - {_volume('available_bytes')} / {_volume('capacity_bytes')}"


def _volume_fills() -> str:
    free = in_platform("kubelet_volume_stats_available_bytes")
    ends = f"min by (namespace, persistentvolumeclaim) (predict_linear({free}{TREND}, {int(AHEAD)})) < 0"
    return f"{ends} and {_volume_used()} > {TREND_FROM}"


def _unbound() -> str:
    return recent(in_platform("kube_persistentvolumeclaim_status_phase", 'phase=~"Pending|Lost"'))


def volume_alerts() -> list[Alert]:
    """Return the alerts of claims."""
    return [
        Alert(
            name="VolumeFills",
            expression=_volume_fills(),
            severity=Severity.WARNING,
            after=minutes(60),
            summary="{{ $labels.namespace }}: {{ $labels.persistentvolumeclaim }} is full in four days",
            description="If it fills as in the last six hours.",
        ),
        Alert(
            name="VolumeNearlyFull",
            expression=f"{_volume_used()} > {VOLUME_LOW}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.namespace }}: {{ $labels.persistentvolumeclaim }} is nearly full",
            description="Stores refuse writes soon, or do so already.",
        ),
        Alert(
            name="VolumeFull",
            expression=f"{_volume_used()} > {VOLUME_FULL}",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="{{ $labels.namespace }}: {{ $labels.persistentvolumeclaim }} is full",
            description="What writes there stops, and may not come up again after a restart.",
        ),
        Alert(
            name="VolumeFilesNearlyUsed",
            expression=f"1 - {_volume('inodes_free')} / {_volume('inodes')} > {VOLUME_FULL}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.namespace }}: {{ $labels.persistentvolumeclaim }} can hold hardly more files",
            description="Without a free inode no file is made, however much room there is.",
        ),
        Alert(
            name="VolumeNotBound",
            expression=f"max by (namespace, persistentvolumeclaim) ({_unbound()}) == 1",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="{{ $labels.namespace }}: {{ $labels.persistentvolumeclaim }} has no volume",
            description="None was made for it, or the one that it had is gone. Its pod can't start.",
        ),
    ]
