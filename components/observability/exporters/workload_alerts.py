"""What people are told of workloads: Deployments, StatefulSets, DaemonSets, jobs, their pods and their quotas."""

from __future__ import annotations

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.promql import WINDOW, in_platform, minutes, recent

MEMORY_SHARE = 0.9
QUOTA_SHARE = 0.9

_KINDS = {
    "deployment": ("spec_replicas", "status_replicas_available"),
    "statefulset": ("replicas", "status_replicas_ready"),
    "daemonset": ("status_desired_number_scheduled", "status_number_available"),
}


def _named(kind: str, what: str) -> str:
    """Return the pods that each workload of a kind has or wants, under labels that all kinds share."""
    told = recent(in_platform(f"kube_{kind}_{what}"))
    return f'max by (namespace, workload) (label_replace({told}, "workload", "{kind}/$1", "{kind}", "(.+)"))'


def workloads_lacking() -> str:
    """Return how many pods each workload lacks."""
    return " or ".join(f"{_named(kind, want)} - {_named(kind, have)} > 0" for kind, (want, have) in _KINDS.items())


def _workloads_gone() -> str:
    return " or ".join(
        f"{_named(kind, want)} > 0 and {_named(kind, have)} == 0" for kind, (want, have) in _KINDS.items()
    )


def quota_used() -> str:
    """Return the share of each namespace's quota that is asked for."""
    used, hard = (recent(in_platform("kube_resourcequota", f"type='{kind}'")) for kind in ("used", "hard"))
    return f"max by (namespace, resource) ({used}) / max by (namespace, resource) ({hard})"


def memory_used() -> str:
    """Return the share of its limit that each container's memory takes."""
    used = recent(in_platform("container_memory_working_set_bytes", 'container!=""'))
    limit = recent(in_platform("kube_pod_container_resource_limits", 'resource="memory"'))
    return f"max by (namespace, pod, container) ({used}) / max by (namespace, pod, container) ({limit})"


def unready_pods() -> str:
    """Return the pods that should serve and don't; those of jobs that have ended are not among them."""
    unready = recent(in_platform("kube_pod_status_ready", 'condition=~"false|unknown"'))
    live = recent(in_platform("kube_pod_status_phase", 'phase=~"Pending|Running|Unknown"'))
    return f"max by (namespace, pod) ({unready}) == 1 and on (namespace, pod) ({live} == 1)"


def _waits_to_start_again() -> str:
    series = in_platform("kube_pod_container_status_waiting_reason", 'reason="CrashLoopBackOff"')
    return f"max by (namespace, pod, container) ({recent(series)}) == 1"


def _ended_for_memory() -> str:
    restarts = in_platform("kube_pod_container_status_restarts_total")
    ended = in_platform("kube_pod_container_status_last_terminated_reason", 'reason="OOMKilled"')
    return (
        f"sum by (namespace, pod, container) (increase({restarts}{WINDOW})) > 0 "
        f"and max by (namespace, pod, container) ({recent(ended)}) == 1"
    )


def failed_jobs() -> str:
    """Return the jobs that failed."""
    failed = recent(in_platform("kube_job_failed", 'condition="true"'))
    return f"max by (namespace, job_name) ({failed}) == 1"


def workload_alerts() -> list[Alert]:
    """Return the alerts of workloads and of what they may use."""
    return [
        Alert(
            name="ClusterUnknown",
            expression=f"absent({recent('kube_node_info')})",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="Nobody knows how the Kubernetes cluster is",
            description="kube-state-metrics tells nothing. No alert of workloads, volumes or nodes can fire.",
        ),
        Alert(
            name="WorkloadGone",
            expression=_workloads_gone(),
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="{{ $labels.namespace }}: {{ $labels.workload }} has no pod that works",
            description="What it serves is away for longer than a pod takes to start again.",
        ),
        Alert(
            name="WorkloadLacksPods",
            expression=workloads_lacking(),
            severity=Severity.WARNING,
            after=minutes(15),
            summary="{{ $labels.namespace }}: {{ $labels.workload }} has fewer pods than it should have",
            description="The others go on. What is lacking could not be placed, or ends again and again.",
        ),
        Alert(
            name="PodNotReady",
            expression=unready_pods(),
            severity=Severity.WARNING,
            after=minutes(15),
            summary="{{ $labels.namespace }}: {{ $labels.pod }} is not ready",
            description="It waits for a machine, a volume or an image, or its probe fails.",
        ),
        Alert(
            name="ContainerCrashLoops",
            expression=_waits_to_start_again(),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.namespace }}: {{ $labels.container }} of {{ $labels.pod }} ends again and again",
            description="The log of its last start says why. Each wait for the next start is longer.",
        ),
        Alert(
            name="ContainerOutOfMemory",
            expression=_ended_for_memory(),
            severity=Severity.WARNING,
            summary="{{ $labels.namespace }}: {{ $labels.container }} of {{ $labels.pod }} was out of memory",
            description="The kernel ended it. It starts again, and ends again if it needs as much.",
        ),
        Alert(
            name="ContainerMemoryHigh",
            expression=f"{memory_used()} > {MEMORY_SHARE}",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="{{ $labels.namespace }}: {{ $labels.container }} of {{ $labels.pod }} is near its memory limit",
            description="At the limit the kernel ends it.",
        ),
        Alert(
            name="JobFailed",
            expression=failed_jobs(),
            severity=Severity.WARNING,
            after=minutes(5),
            summary="{{ $labels.namespace }}: the job {{ $labels.job_name }} failed",
            description="It does not try again by itself. Its log says why, as long as its pod is there.",
        ),
        Alert(
            name="QuotaNearlyUsed",
            expression=f"{quota_used()} > {QUOTA_SHARE}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="{{ $labels.namespace }} may have hardly more of {{ $labels.resource }}",
            description="At the quota no pod is made there: neither a restart of what grew nor a job.",
        ),
    ]
