"""Runs a job's program as it was shipped: the files of its ConfigMaps, the rights of its service account."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.cluster import Cluster

LAUNCHER = """
import pathlib, runpy, sys
sys.path.insert(0, ".")
from components.foundation.jobkit.kubernetes import Kubernetes
Kubernetes.from_pod.__func__.__defaults__ = (pathlib.Path("account"),)
runpy.run_module(sys.argv[1], run_name="__main__")
"""
"""What a pod has at a fixed place, its service account, lies in the working folder here."""


def pod_of(cluster: Cluster, namespace: str, job: str) -> dict[str, Any]:
    """Return the pod spec of the newest Job, or of the CronJob, whose name begins so."""
    found = [
        item["spec"].get("jobTemplate", item)["spec"]["template"]["spec"]
        for kind in ("jobs", "cronjobs")
        for item in sorted(
            _get(cluster, kind, namespace)["items"],
            key=lambda item: item["metadata"]["creationTimestamp"],
            reverse=True,
        )
        if item["metadata"]["name"].startswith(job)
    ]
    assert found, f"no job {namespace}/{job}"
    return found[0]


def lay_out(cluster: Cluster, namespace: str, pod: dict[str, Any], folder: Path, endpoint: str) -> list[str]:
    """Write into `folder` what the pod would find, and return the command that runs its program there.

    Only the store's address differs: it is the test's own.
    """
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    program = volumes["program"]["configMap"]
    for item in program["items"]:
        target = folder / item["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_get(cluster, "configmap", namespace, program["name"])["data"][item["key"]])
    mounted = _get(cluster, "configmap", namespace, volumes["config"]["configMap"]["name"])
    config = json.loads(mounted["data"]["config.json"])
    config |= {"endpoint": endpoint} | ({"peers": [endpoint]} if "peers" in config else {})
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "secrets").mkdir()
    (folder / "secrets" / "api-key").write_text("a stub's")
    account = folder / "account"
    account.mkdir()
    (account / "token").write_text(
        cluster.kubectl("create", "token", pod["serviceAccountName"], "--namespace", namespace).stdout
    )
    server = yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]
    (account / "ca.crt").write_bytes(base64.b64decode(server["certificate-authority-data"]))
    module = pod["containers"][0]["command"][2]
    return [sys.executable, "-I", "-u", "-c", LAUNCHER, module]


def environment(cluster: Cluster, folder: Path, holder: str) -> dict[str, str]:
    """Return the environment of the program."""
    server = urlsplit(yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    return {
        "PATH": os.environ["PATH"],
        "PYTHONUNBUFFERED": "1",
        "KUBERNETES_SERVICE_HOST": str(server.hostname),
        "KUBERNETES_SERVICE_PORT": str(server.port),
        "BALLAST_CONFIG": str(folder / "config.json"),
        "BALLAST_SECRETS": str(folder / "secrets"),
        "BALLAST_TLS": str(folder / "tls"),
        "BALLAST_HOLDER": holder,
    }


def start(
    cluster: Cluster, namespace: str, job: str, folder: Path, endpoint: str, *, holder: str = "the-test"
) -> subprocess.Popen[str]:
    """Start the program of a job and return its process."""
    folder.mkdir(parents=True)
    command = lay_out(cluster, namespace, pod_of(cluster, namespace, job), folder, endpoint)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment(cluster, folder, holder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> IO[str]:
    """Return what a process says, line by line."""
    assert process.stdout is not None
    return process.stdout


def _get(cluster: Cluster, kind: str, namespace: str, name: str = "") -> Any:
    named = [name] if name else []
    return json.loads(cluster.kubectl("get", kind, *named, "--namespace", namespace, "-o", "json").stdout)
