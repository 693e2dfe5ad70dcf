"""A copy of the project in which a real stack file can run on the local cluster."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT
from toolchain.cluster_objects import DEFAULT_ZONES

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable
    from pathlib import Path

    from toolchain.cluster import Cluster
    from toolchain.engine import Engine

NAMESPACES = ("opensearch", "qdrant", "databases", "observability", "node-agents")


UIDs = dict[tuple[str, str, str, str], str]
"""UIDs of objects by API version, kind, namespace and name."""

IN_CLUSTER = "kubernetes:"

HOSTS = ("acme.example.com", "acme.internal")
"""Those of the examples are refused beside a real cluster; these answer no more than they."""


@dataclass
class Stack:
    """One real stack file in a copy of the project, with its own engine, on a local cluster.

    Replaced in the copy are the secrets provider, which needs somebody's key, the cluster's identity, hosts, and the
    secrets; a test holds the copy against the original.
    """

    name: str
    folder: Path
    engine: Engine
    cluster: Cluster
    original: str = ""
    """Name of the stack whose file it is made of, where that is not its own."""

    @property
    def file(self) -> Path:
        return self.folder / f"Pulumi.{self.name}.yaml"

    def create(self) -> Stack:
        """Write the copy, and let the engine encrypt secrets with a passphrase."""
        original = PROJECT / f"Pulumi.{self.original or self.name}.yaml"
        text = _without_secrets(original.read_text(encoding="utf-8"))
        uid = uid_of(self.cluster)
        kubeconfig = self.cluster.kubeconfig
        if self.name != "dev":
            text = re.sub(r"(?m)^(\s+identity:).*$", rf"\1 {uid}", text)
        text = text.replace(*HOSTS)
        text = re.sub(r"(?m)^(\s+kubeconfig:).*$", rf"\1 {kubeconfig}", text)
        text = re.sub(r"(?m)^\s+context:.*\n", "", text)
        if "kubeconfig:" not in text:
            raise AssertionError(f"{original.name} names no kubeconfig that could be replaced")
        self.file.write_text(text, encoding="utf-8")
        self.pulumi("stack", "init", self.name, "--secrets-provider", "passphrase")
        # In one call: each starts the engine anew.
        values = [f"ballast:{key}={secret_value(key)}" for key in SECRETS]
        self.pulumi("config", "set-all", *(word for value in values for word in ("--secret", value)))
        return self

    def pulumi(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = self.engine.run(*args, *([] if args[0] == "stack" else ["--stack", self.name]), check=check)
        assert "Traceback (most recent" not in _said(result), _said(result)
        return result

    def preview(self, *args: str, check: bool = True) -> str:
        return _said(self.pulumi("preview", "--non-interactive", *args, check=check))

    def up(self, *args: str) -> str:
        # Nodes stand in the zones of the stack whose pods are to find a place.
        document = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        self.cluster.label_zones(document["config"]["ballast:cluster"]["zones"])
        return _said(self.pulumi("up", "--yes", "--non-interactive", "--skip-preview", *args))

    def change(self, old: str, new: str, *, section: str = "") -> None:
        """Replace a piece of the stack file, or of one section of it, that stands there exactly once."""
        text = self.file.read_text(encoding="utf-8")
        begin = text.index(f"\n  ballast:{section}:\n") if section else 0
        end = text.find("\n  ballast:", begin + 1) if section else len(text)
        part = text[begin:end]
        assert part.count(old) == 1, f"{old!r} stands {part.count(old)} times in {section} of {self.file.name}"
        self.file.write_text(text[:begin] + part.replace(old, new) + text[end:], encoding="utf-8")

    def leave_out(self, *sections: str) -> None:
        """Take sections out of the stack file."""
        for section in sections:
            text = self.file.read_text(encoding="utf-8")
            begin = text.index(f"\n  ballast:{section}:\n")
            self.file.write_text(text[:begin] + text[text.index("\n  ballast:", begin + 1) :], encoding="utf-8")

    def state(self) -> UIDs:
        """UID of each object that the engine knows of."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", self.name).stdout)
        known = exported["deployment"]["resources"]
        return _uids(one["outputs"] for one in known if one["type"].startswith(IN_CLUSTER) and not one.get("external"))

    def there(self, known: UIDs) -> UIDs:
        """UID of each object in the cluster that is of a kind of these."""
        kinds = {(kind, *version.rpartition("/")[::-2]) for version, kind, _, _ in known}
        words = ",".join(".".join(kind) for kind in sorted(kinds))
        return _uids(json.loads(self.cluster.kubectl("get", words, "--all-namespaces", "-o", "json").stdout)["items"])

    def objects(self, kind: str, namespace: str = "opensearch") -> list[dict[str, Any]]:
        answer = self.cluster.kubectl("get", kind, "--namespace", namespace, "-o", "yaml").stdout
        return yaml.safe_load(answer)["items"]

    def unready(self) -> list[str]:
        """Return the names of pods that are neither ready nor finished."""
        return [
            pod["metadata"]["name"]
            for namespace in NAMESPACES
            for pod in self.objects("pods", namespace)
            if pod["status"]["phase"] != "Succeeded"
            and not any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))
        ]


def uid_of(cluster: Cluster) -> str:
    """Return by what a stack file knows a cluster: the UID of its namespace kube-system."""
    return cluster.kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}").stdout.strip()


def secret_value(key: str) -> str:
    """Return what a test gives for a secret: hard to guess, and without the name of any user."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _uids(objects: Iterable[dict[str, Any]]) -> UIDs:
    found = [(one["apiVersion"], one["kind"], one["metadata"]) for one in objects]
    return {(version, kind, about.get("namespace", ""), about["name"]): about["uid"] for version, kind, about in found}


def _without_secrets(text: str) -> str:
    """Return a stack file without its key material; the engine writes its own."""
    text = re.sub(r"(?m)^(secretsprovider|encryptedkey|encryptionsalt):.*\n", "", text)
    return re.sub(
        r"(?m)^\s+ballast:\w+:\s*\n?\s+\{?\s*secure:.*\n", "", re.sub(r"(?m)^\s+ballast:\w+: \{ ?secure:.*\n", "", text)
    )


def _said(result: subprocess.CompletedProcess[str]) -> str:
    return result.stdout + result.stderr


def _until_deleted(stack: Stack) -> None:
    """Delete the namespaces; the API server goes by a policy for a moment after it was deleted."""
    for _ in range(50):
        gone = stack.cluster.kubectl(
            "delete", "namespace", "--selector=app.kubernetes.io/part-of", "--timeout=60s", check=False
        )
        if gone.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"the namespaces stay: {gone.stderr}")


def remove(stack: Stack) -> None:
    """Delete what a stack left behind, its kept namespace included: the next one meets the cluster as it was."""
    for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
        stack.cluster.kubectl("delete", kind, "--all", "--ignore-not-found")
    _until_deleted(stack)
    rights = stack.cluster.kubectl("get", "clusterroles,clusterrolebindings", "-o", "name").stdout.split()
    if ours := [name for name in rights if "ballast-" in name]:
        stack.cluster.kubectl("delete", *ours)
    stack.cluster.label_zones(DEFAULT_ZONES)
