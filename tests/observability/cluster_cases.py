"""For each alert of the Kubernetes cluster: what makes it fire, and what only just does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.harness.alert_timelines import WINDOW, Case, Counter, Falling, every, gauge

if TYPE_CHECKING:
    from tests.harness.alert_timelines import Sample

SPACE = {"namespace": "databases"}
OF_POD = 'namespace="databases", pod="chroma-0"'
POD = {**SPACE, "pod": "chroma-0"}
CONTAINER = {**POD, "container": "chroma"}
OF_CONTAINER = f'{OF_POD}, container="chroma"'
CLAIM = {**SPACE, "persistentvolumeclaim": "data-chroma-0"}
OF_CLAIM = 'namespace="databases", persistentvolumeclaim="data-chroma-0"'
NODE = {"node": "a"}
GIB = 2.0**30
KINDS = {
    "deployment": ("kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"),
    "statefulset": ("kube_statefulset_replicas", "kube_statefulset_status_replicas_ready"),
    "daemonset": ("kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_available"),
}


def pods(kind: str, lacking: int) -> dict[str, Sample]:
    """One workload, and one beside it that has all its pods and one that is meant to have none."""
    want, have = KINDS[kind]
    found: dict[str, Sample] = {}
    for name, wanted, there in (("told", 2, 2 - lacking), ("whole", 2, 2), ("off", 0, 0)):
        of = f'{{namespace="databases", {kind}="{name}"}}'
        found |= {f"{want}{of}": wanted, f"{have}{of}": there}
        # What the exporter's pod of before said last.
        old = of.replace("{", '{instance="before", ')
        found |= {f"{want}{old}": 0, f"{have}{old}": 0}
    return found


def pair(part: str, whole: str, of: str, share: float, size: float = 100 * GIB) -> dict[str, Sample]:
    """What is used or free, of two instances that tell of the same, and of another that is in the middle."""
    found: dict[str, Sample] = {}
    for labels, value in ((of, share), (of.replace('="', '="other-'), 0.5)):
        found |= {f"{part}{{{labels}}}": value * size, f"{whole}{{{labels}}}": size}
    before = f'instance="before", {of}'
    found |= {f"{part}{{{before}}}": share * size / 2, f"{whole}{{{before}}}": size / 2}
    return found


def volume(used: float) -> dict[str, Sample]:
    return pair("kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes", OF_CLAIM, 1 - used)


def filling(days: float, used: float = 0.7) -> dict[str, Sample]:
    """A volume that is full in so many days."""
    free = (1 - used) * 100 * GIB
    before = f'instance="before", {OF_CLAIM}'
    return {
        f"kubelet_volume_stats_available_bytes{{{OF_CLAIM}}}": Falling(free, free / (days * 1440)),
        f"kubelet_volume_stats_capacity_bytes{{{OF_CLAIM}}}": 100 * GIB,
        f"kubelet_volume_stats_available_bytes{{{before}}}": 10 * GIB,
        f"kubelet_volume_stats_capacity_bytes{{{before}}}": 50 * GIB,
    }


def disks(used: float) -> dict[str, Sample]:
    """One disk of the machine's; another one has more room."""
    found: dict[str, Sample] = {}
    for device, share in (("sda1", used), ("sdb1", 0.5)):
        of = f'node="a", device="{device}"'
        found |= pair("node_filesystem_avail_bytes", "node_filesystem_size_bytes", of, 1 - share)
    return found


def unready(ended: int) -> dict[str, Sample]:
    """A pod that is not ready: because its job is done, or because it does not work."""
    return {
        f'kube_pod_status_ready{{{OF_POD}, condition="false"}}': 1,
        f'kube_pod_status_ready{{{OF_POD}, condition="true"}}': 0,
        f'kube_pod_status_ready{{{OF_POD}, condition="unknown"}}': 0,
        f'kube_pod_status_phase{{{OF_POD}, phase="Running"}}': 1 - ended,
        f'kube_pod_status_phase{{{OF_POD}, phase="Succeeded"}}': ended,
    }


def restarted(reason: str) -> dict[str, Sample]:
    return {
        f"kube_pod_container_status_restarts_total{{{OF_CONTAINER}}}": Counter(0.2),
        f'kube_pod_container_status_last_terminated_reason{{{OF_CONTAINER}, reason="OOMKilled"}}': int(
            reason == "OOMKilled"
        ),
        f'kube_pod_container_status_last_terminated_reason{{{OF_CONTAINER}, reason="Error"}}': int(reason == "Error"),
    }


def memory(share: float) -> dict[str, Sample]:
    """The container's, beside the sum of its pod, which is no container."""
    limit = f'kube_pod_container_resource_limits{{{OF_CONTAINER}, resource="memory", unit="byte"}}'
    return {
        f'container_memory_working_set_bytes{{{OF_CONTAINER}, id="a"}}': share * GIB,
        f'container_memory_working_set_bytes{{{OF_POD}, id="b"}}': 2 * GIB,
        limit: GIB,
        # What the kubelet said of the container that ended, and the exporter's pod of before of its limit.
        f'container_memory_working_set_bytes{{{OF_CONTAINER}, id="before"}}': share * GIB / 2,
        limit.replace("{", '{instance="before", '): GIB / 2,
        f'kube_pod_container_resource_limits{{{OF_CONTAINER}, resource="cpu", unit="core"}}': 1,
    }


def quota(share: float) -> dict[str, Sample]:
    of = 'namespace="databases", resourcequota="quota", resource="pods"'
    return {f'kube_resourcequota{{{of}, type="used"}}': share * 20, f'kube_resourcequota{{{of}, type="hard"}}': 20}


def idle(share: float) -> dict[str, Sample]:
    """Two processors, of which one is idler than the other."""
    return {
        f'node_cpu_seconds_total{{node="a", cpu="{cpu}", mode="{mode}"}}': Counter(60 * part)
        for cpu, more in ((0, 0.1), (1, -0.1))
        for mode, part in (("idle", share + more), ("user", 1 - share - more))
    }


def condition(kind: str, bad: int) -> Case:
    of = f'{{node="a", condition="{kind}", status="%s"}}'
    told: dict[str, Sample] = {
        f"kube_node_status_condition{of % status}": int(status == ("true" if bad else "false"))
        for status in ("true", "false")
    }
    well: dict[str, Sample] = {series: 1 - int(str(value)) for series, value in told.items()}
    before: dict[str, Sample] = {series.replace("{", '{instance="before", '): 0 for series in told}
    return Case(
        bad={**told, **before}, near={**well, **before}, labels={**NODE, **({"condition": kind} if bad else {})}
    )


CLUSTER_CASES = {
    "ClusterUnknown": every('kube_node_info{node="a"}', None, 1, delay=4),
    "PodNotReady": Case(bad=unready(0), near=unready(1), labels=POD),
    "ContainerCrashLoops": gauge(
        f'kube_pod_container_status_waiting_reason{{{OF_CONTAINER}, reason="CrashLoopBackOff"}}', 1, 0, CONTAINER
    ),
    "ContainerOutOfMemory": Case(bad=restarted("OOMKilled"), near=restarted("Error"), labels=CONTAINER),
    "ContainerMemoryHigh": Case(bad=memory(0.91), near=memory(0.89), labels=CONTAINER),
    "JobFailed": gauge(
        'kube_job_failed{namespace="databases", job_name="restore", condition="true"}',
        1,
        0,
        {**SPACE, "job_name": "restore"},
    ),
    "QuotaNearlyUsed": Case(bad=quota(0.91), near=quota(0.89), labels={**SPACE, "resource": "pods"}),
    "VolumeFills": Case(bad=filling(3.9), near=filling(3.9, used=0.55), labels=CLAIM),
    "VolumeFills slowly": Case(bad=filling(4.2), near=filling(4.2), silent=True),
    "VolumeNearlyFull": Case(bad=volume(0.86), near=volume(0.84), labels=CLAIM),
    "VolumeFull": Case(bad=volume(0.96), near=volume(0.94), labels=CLAIM),
    "VolumeFilesNearlyUsed": Case(
        bad=pair("kubelet_volume_stats_inodes_free", "kubelet_volume_stats_inodes", OF_CLAIM, 0.04),
        near=pair("kubelet_volume_stats_inodes_free", "kubelet_volume_stats_inodes", OF_CLAIM, 0.06),
        labels=CLAIM,
    ),
    "NodeNotReady": condition("Ready", 0),
    "NodeDiskNearlyFull": Case(bad=disks(0.86), near=disks(0.84), labels={**NODE, "device": "sda1"}),
    "NodeDiskFull": Case(bad=disks(0.96), near=disks(0.94), labels={**NODE, "device": "sda1"}),
    "NodeMemoryHigh": Case(
        bad=pair("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", 'node="a"', 0.09),
        near=pair("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", 'node="a"', 0.11),
        labels=NODE,
    ),
    "NodeBusy": Case(bad=idle(0.1), near=idle(0.21), labels=NODE, resolves=WINDOW),
    "NodeClockWrong": gauge('node_timex_offset_seconds{node="a"}', -0.051, -0.049, NODE),
    "NodeClockNotKept": Case(
        bad={'node_timex_sync_status{node="a"}': 0}, near={'node_timex_sync_status{node="a"}': 1}, labels=NODE
    ),
    "NodeCertificateExpires": gauge(
        'kubelet_certificate_manager_client_ttl_seconds{node="a"}', 7 * 86400 - 1, 7 * 86400, NODE
    ),
}
for pressure in ("MemoryPressure", "DiskPressure", "PIDPressure"):
    CLUSTER_CASES[f"NodeUnderPressure {pressure}"] = condition(pressure, 1)
for what in KINDS:
    told = {**SPACE, "workload": f"{what}/told"}
    CLUSTER_CASES |= {
        f"WorkloadLacksPods {what}": Case(bad=pods(what, 1), near=pods(what, 0), labels=told),
        f"WorkloadGone {what}": Case(bad=pods(what, 2), near=pods(what, 1), labels=told),
    }
for phase in ("Pending", "Lost"):
    CLUSTER_CASES[f"VolumeNotBound {phase}"] = gauge(
        f'kube_persistentvolumeclaim_status_phase{{{OF_CLAIM}, phase="{phase}"}}', 1, 0, CLAIM
    )
