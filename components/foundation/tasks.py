"""A one-shot job whose program is a package of plain Python modules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.core.v1 import ConfigMap

from components.foundation.labels import labels
from components.foundation.manifests import manifest
from components.foundation.pods import fixed_resources, hardened_pod

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from components.foundation.labels import Component, Concern

USER = 65532
"""An id that no image of ours gives to anything; the slim Python image runs under any."""

ROOT = "/opt/ballast"


@dataclass(frozen=True, kw_only=True)
class PythonJobArgs:
    """What a job needs to know.

    Attributes:
        concern: whose job it is; also its namespace.
        component: which job; its pods are selected by it.
        image: a Python image.
        package: folder of the modules, shipped as `/opt/ballast/jobs`.
        module: the module to run, as `python -m jobs.<module>`.
        desired: what the job is to make true, as JSON; a change of it makes a new job.
        deadline_seconds: when Kubernetes ends the job, retries included.
        secrets: secret names by the folder under `/etc/ballast` in which their files appear.
        service_account: set when the job calls the Kubernetes API.
    """

    concern: Concern
    component: Component
    image: str
    package: Path
    module: str
    desired: Mapping[str, Any]
    deadline_seconds: int
    secrets: Mapping[str, list[Any]] = field(default_factory=dict)
    service_account: Output[str] | None = None


class PythonJob(ComponentResource):
    """A Job and the ConfigMap with its program and its orders.

    Both are autonamed: a changed program or order makes a new ConfigMap and with it a new run.
    """

    job: Output[str]

    def __init__(self, name: str, args: PythonJobArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:foundation:PythonJob", name, None, opts)
        child = ResourceOptions(parent=self)
        metadata = {"namespace": args.concern.value, "labels": labels(args.concern, args.component)}
        program = ConfigMap(f"{name}-program", metadata=metadata, data=_modules(args.package), opts=child)
        desired = ConfigMap(
            f"{name}-desired",
            metadata=metadata,
            data={"desired.json": json.dumps(args.desired, indent=1, sort_keys=True)},
            opts=child,
        )
        job = Job(
            name,
            metadata=metadata,
            spec=manifest(
                {
                    "backoffLimit": 6,
                    "activeDeadlineSeconds": args.deadline_seconds,
                    "template": {"metadata": {"labels": metadata["labels"]}, "spec": _pod(args, program, desired)},
                }
            ),
            # A finished job is its own record; a deleted one would be made again by the next `up`.
            opts=ResourceOptions.merge(child, ResourceOptions(delete_before_replace=False)),
        )
        self.job = job.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"job": self.job})


def _modules(package: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(package.glob("*.py"))}


def _pod(args: PythonJobArgs, program: ConfigMap, desired: ConfigMap) -> dict[str, Any]:
    volumes: list[dict[str, Any]] = [
        {"name": "program", "configMap": {"name": program.metadata.name}},
        {"name": "desired", "configMap": {"name": desired.metadata.name}},
    ]
    mounts = [
        {"name": "program", "mountPath": f"{ROOT}/jobs", "readOnly": True},
        {"name": "desired", "mountPath": "/etc/ballast/desired", "readOnly": True},
    ]
    for folder, sources in args.secrets.items():
        volumes.append({"name": folder, "projected": {"defaultMode": 0o440, "sources": sources}})
        mounts.append({"name": folder, "mountPath": f"/etc/ballast/{folder}", "readOnly": True})
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        "containers": [
            {
                "name": args.module,
                "image": args.image,
                "command": ["python", "-m", f"jobs.{args.module}"],
                "workingDir": ROOT,
                "env": [
                    {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
                    {"name": "PYTHONUNBUFFERED", "value": "1"},
                    {"name": "BALLAST_DESIRED", "value": "/etc/ballast/desired/desired.json"},
                    {"name": "BALLAST_TLS", "value": "/etc/ballast/tls"},
                    {"name": "BALLAST_SECRETS", "value": "/etc/ballast/secrets"},
                ],
                "resources": fixed_resources("50m", "64Mi"),
                "volumeMounts": mounts,
            }
        ],
        "volumes": volumes,
    }
    if args.service_account is not None:
        spec["serviceAccountName"] = args.service_account
    return hardened_pod(spec, user=USER, api_access=args.service_account is not None)
