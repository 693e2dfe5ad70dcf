"""Jobs whose program is a plain Python module: run once, by the clock, or when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi import Output, ResourceOptions
from pulumi_kubernetes.batch.v1 import CronJob, Job
from pulumi_kubernetes.core.v1 import ConfigMap

from components.foundation.jobkit.config import encoded
from components.foundation.jobkit.context import CONFIG
from components.foundation.labels import labels
from components.foundation.manifests import FORCED, manifest
from components.foundation.pods import fixed_resources, hardened_pod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.labels import Workload
    from components.foundation.programs import JobPrograms

USER = 65532
"""An id that no image of ours gives to anything; the slim Python image runs under any."""

ROOT = "/opt/ballast"

LEEWAY_SECONDS = 300
"""Kubernetes' own limit lies so much past the job's: the job shall say what it waited for before it is ended."""

NEVER = "0 0 1 1 *"
"""The schedule of a job that only runs when asked: it must have one, and is suspended."""


@dataclass(frozen=True, kw_only=True)
class JobPod:
    """What pods of several jobs have in common.

    Attributes:
        image: a Python image.
        programs: where their modules lie.
        secrets: sources of a projected volume by the folder under `/etc/ballast` in which they appear.
        volumes: further pod volumes.
        mounts: where they are mounted.
        environment: further environment.
        memory: requested and limited.
        scratch: how large temporary files may become together.
        placement: further fields of the pod, such as an affinity.
        labels: further labels of the pod.
        user: uid, gid and fsGroup; another than ours where a job shares a volume with an application.
    """

    image: str
    programs: JobPrograms
    secrets: Mapping[str, list[Any]] = field(default_factory=dict)
    volumes: tuple[dict[str, Any], ...] = ()
    mounts: tuple[dict[str, Any], ...] = ()
    environment: tuple[dict[str, Any], ...] = ()
    memory: str = "64Mi"
    scratch: str = "64Mi"
    placement: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    user: int = USER


@dataclass(frozen=True, kw_only=True)
class TaskArgs:
    """What a job needs to know.

    Attributes:
        workload: which job; its pods are selected by it.
        module: the program to run, by its whole path.
        config: what the program is told, a dataclass of its `config.py`; a change of it makes a new one-shot job.
        deadline_seconds: when Kubernetes ends the job, retries included.
        pod: its pod.
        service_account: set when the job calls the Kubernetes API or has an identity in the cloud.
    """

    workload: Workload
    module: str
    config: object
    deadline_seconds: int
    pod: JobPod
    service_account: Output[str] | None = None


def python_job(name: str, args: TaskArgs, opts: ResourceOptions, *, trigger: Output[str] | None = None) -> Job:
    """Return a Job that runs once for each configuration.

    It and the ConfigMap with its configuration are autonamed: a changed one or a changed program make a new run, and
    so does a changed `trigger`, which says what else the job looks at.
    """
    return Job(
        name,
        metadata=manifest(
            {
                **_metadata(args),
                # A restart of all nodes takes hours where shards are large; Pulumi itself would give up after ten
                # minutes, with the job still at work.
                "annotations": {"pulumi.com/timeoutSeconds": str(args.deadline_seconds)},
            }
        ),
        spec=_job_spec(name, args, opts),
        # A finished job is its own record; a deleted one would be made again by the next `up`.
        opts=ResourceOptions.merge(opts, ResourceOptions(delete_before_replace=False, replacement_trigger=trigger)),
    )


def python_cron_job(name: str, args: TaskArgs, schedule: str, opts: ResourceOptions) -> CronJob:
    """Return a CronJob that runs by the clock, one run at a time."""
    return _cron_job(name, args, {"schedule": schedule}, opts)


def on_demand_job(name: str, args: TaskArgs, opts: ResourceOptions) -> CronJob:
    """Return a suspended CronJob: the template from which the `ballast` command makes one run, with its request."""
    when = {"schedule": NEVER, "suspend": True}
    # Programs say 1 when they refuse: asking again would only make a person wait for the same sentence.
    refused = {"onExitCodes": {"operator": "In", "values": [1]}, "action": "FailJob"}
    return _cron_job(name, args, when, opts, podFailurePolicy={"rules": [refused]})


def _cron_job(
    name: str, args: TaskArgs, when: dict[str, Any], child: ResourceOptions, **more: dict[str, Any]
) -> CronJob:
    return CronJob(
        name,
        # People and the `ballast` command call it by its name.
        metadata=manifest({**_metadata(args), "name": name, "annotations": FORCED}),
        spec=manifest(
            {
                **when,
                "timeZone": "Etc/UTC",
                # Two runs would only wait for each other's lock.
                "concurrencyPolicy": "Forbid",
                # A controller that was away for a while makes up for the last missed run, not for all of them.
                "startingDeadlineSeconds": 600,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {
                    "metadata": {"labels": labels(args.workload)},
                    "spec": {**_job_spec(name, args, child), **more},
                },
            }
        ),
        opts=child,
    )


def _metadata(args: TaskArgs) -> dict[str, Any]:
    return {"namespace": str(args.workload.namespace), "labels": labels(args.workload)}


def _config(name: str, args: TaskArgs, child: ResourceOptions) -> ConfigMap:
    return ConfigMap(
        f"{name}-config",
        metadata=manifest(_metadata(args)),
        # Some of it may be known only when what it speaks of is there.
        data={"config.json": Output.json_dumps(encoded(args.config), indent=1, sort_keys=True)},
        opts=child,
    )


def _job_spec(name: str, args: TaskArgs, child: ResourceOptions) -> Any:  # noqa: ANN401 - see manifest()
    return manifest(
        {
            # Programs wait for their store themselves; tried again is what was taken away in the middle.
            "backoffLimit": 3,
            "activeDeadlineSeconds": args.deadline_seconds,
            "template": {
                "metadata": {"labels": {**labels(args.workload), **args.pod.labels}},
                "spec": task_pod(name, args, child),
            },
        }
    )


def task_pod(name: str, args: TaskArgs, child: ResourceOptions) -> dict[str, Any]:
    """Return the pod of a job: its program, its configuration in a ConfigMap, its secrets, its identity."""
    pod, config = args.pod, _config(name, args, child)
    volumes: list[dict[str, Any]] = [
        pod.programs.volume("program"),
        {"name": "config", "configMap": {"name": config.metadata.name}},
        # Temporary files of Python's own; the root file system is read-only.
        {"name": "tmp", "emptyDir": {"sizeLimit": pod.scratch}},
    ]
    mounts = [
        {"name": "program", "mountPath": ROOT, "readOnly": True},
        {"name": "config", "mountPath": "/etc/ballast/config", "readOnly": True},
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
    ]
    for folder, sources in pod.secrets.items():
        volumes.append({"name": folder, "projected": {"defaultMode": 0o440, "sources": sources}})
        mounts.append({"name": folder, "mountPath": f"/etc/ballast/{folder}", "readOnly": True})
    container = {
        "name": args.module.rpartition(".")[2].replace("_", "-"),
        "image": pod.image,
        "command": ["python", "-m", args.module],
        "workingDir": ROOT,
        # The sentence with which a program ends is shown with the pod, long after its log has gone.
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "env": [
            {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
            {"name": "PYTHONUNBUFFERED", "value": "1"},
            {"name": "BALLAST_CONFIG", "value": CONFIG},
            {"name": "BALLAST_TLS", "value": "/etc/ballast/tls"},
            {"name": "BALLAST_SECRETS", "value": "/etc/ballast/secrets"},
            {"name": "BALLAST_HOLDER", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            *pod.environment,
        ],
        "resources": fixed_resources("50m", pod.memory),
        "volumeMounts": [*mounts, *pod.mounts],
    }
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        **pod.placement,
        "containers": [container],
        "volumes": [*volumes, *pod.volumes],
    }
    if args.service_account is not None:
        spec["serviceAccountName"] = args.service_account
    return hardened_pod(spec, user=pod.user, api_access=args.service_account is not None)
