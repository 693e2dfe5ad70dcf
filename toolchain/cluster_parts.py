"""The programs a local cluster consists of, and how each is started."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolchain.ports import LOOPBACK
from toolchain.toolbox import require

if TYPE_CHECKING:
    from pathlib import Path

# In the order in which they start. All but the first two only talk to the API server, and operators need their custom
# resource definitions to be there before.
CORE = ("etcd", "kube-apiserver")
CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kwok")
OPERATORS = ("prometheus-operator",)
PARTS = CORE + CONTROLLERS + OPERATORS

_SERVICE_RANGE = "10.96.0.0/16"
# Sockets are named relative to the working folder: absolute paths may exceed the 108 bytes a socket's name may have.
_ETCD = "unix://etcd.sock"
_PEER = "unix://peer.sock"
# etcd insists on announcing some host and port; nobody ever dials it.
_ANNOUNCED = f"http://{LOOPBACK}:2379"


@dataclass(frozen=True)
class Layout:
    """The files of one local cluster under its home."""

    home: Path

    @property
    def pki(self) -> Path:
        """Where the API server keeps the serving certificate it made for itself."""
        return self.home / "pki"

    @property
    def certificate(self) -> Path:
        """The serving certificate, followed by the certificate of the authority that signed it."""
        return self.pki / "apiserver.crt"

    @property
    def tokens(self) -> Path:
        """The bearer tokens the API server accepts."""
        return self.home / "tokens.csv"

    @property
    def run(self) -> Path:
        """Working folder of the parts; holds etcd's sockets."""
        return self.home / "run"

    @property
    def stages(self) -> Path:
        """What kwok plays: kubelet and storage driver."""
        return self.home / "stages.yaml"

    def kubeconfig(self, user: str) -> Path:
        """The kubeconfig of one of the cluster's own programs."""
        return self.home / f"{user}.kubeconfig"

    def log(self, part: str) -> Path:
        """Where a part writes its log."""
        return self.home / "logs" / f"{part}.log"


def command(part: str, layout: Layout, port: int) -> list[str]:
    """The command line of one part.

    Args:
        part: one of `PARTS`.
        layout: the cluster's files.
        port: loopback port of the API server, the only one the cluster listens on.
    """
    key = layout.pki / "apiserver.key"
    options: dict[str, dict[str, object]] = {
        "etcd": {
            "name": "local",
            "data-dir": layout.home / "etcd",
            "listen-client-urls": _ETCD,
            "advertise-client-urls": _ANNOUNCED,
            "listen-peer-urls": _PEER,
            "initial-advertise-peer-urls": _ANNOUNCED,
            "initial-cluster": f"local={_ANNOUNCED}",
            # A killed process loses nothing by this, only a crashed machine does; starting takes a third of the time.
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        },
        "kube-apiserver": {
            "etcd-servers": _ETCD,
            "bind-address": LOOPBACK,
            "advertise-address": LOOPBACK,
            # Kubernetes refuses loopback addresses as endpoints, and no pod really runs that would use them.
            "endpoint-reconciler-type": "none",
            "secure-port": port,
            "cert-dir": layout.pki,
            # The API server writes its serving key before it reads this one, so no other tool has to make a key.
            "service-account-key-file": key,
            "service-account-signing-key-file": key,
            "service-account-issuer": "https://kubernetes.default.svc",
            "token-auth-file": layout.tokens,
            "authorization-mode": "RBAC",
            "service-cluster-ip-range": _SERVICE_RANGE,
            "allow-privileged": "true",
        },
        "kube-controller-manager": {
            "kubeconfig": layout.kubeconfig("kube-controller-manager"),
            "service-account-private-key-file": key,
            "root-ca-file": layout.home / "ca.crt",
            "use-service-account-credentials": "true",
            "leader-elect": "false",
            # Nodes are simulated and can't fail; a laptop that slept must not find every pod marked unready.
            "node-monitor-grace-period": "24h",
            "secure-port": 0,
        },
        "kube-scheduler": {
            "kubeconfig": layout.kubeconfig("kube-scheduler"),
            "leader-elect": "false",
            "secure-port": 0,
        },
        "kwok": {
            "kubeconfig": layout.kubeconfig("kwok"),
            "manage-all-nodes": "true",
            "config": layout.stages,
        },
        # Without a list of namespaces it watches all of them. Which API server is its own, its environment says.
        "prometheus-operator": {
            # It insists on serving its metrics; nobody reads them, so any free port will do.
            "web.listen-address": f"{LOOPBACK}:0",
            # What it adds to pods: a quota on requests and limits refuses a pod with a container that names none.
            "config-reloader-cpu-request": "10m",
            "config-reloader-cpu-limit": "100m",
            "config-reloader-memory-request": "50Mi",
            "config-reloader-memory-limit": "50Mi",
            "log-level": "warn",
        },
    }
    return [str(require(part)), *(f"--{name}={value}" for name, value in options[part].items())]


def environment(part: str, layout: Layout) -> dict[str, str]:
    """The whole environment of one part; operators take their kubeconfig from nowhere else."""
    shared = {"PATH": os.environ.get("PATH", ""), "HOME": str(layout.home)}
    return shared | {"KUBECONFIG": str(layout.kubeconfig(part))} if part in OPERATORS else shared
