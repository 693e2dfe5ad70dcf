"""Who may talk to a local cluster: tokens, certificate authority, kubeconfigs."""

from __future__ import annotations

import base64
import json
import os
import secrets
import ssl
import urllib.request
from typing import TYPE_CHECKING

from toolchain.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.cluster_parts import Layout

# kubeconfig name -> user and group in Kubernetes. The controller manager and the scheduler get the rights that
# Kubernetes' own roles give them; kwok plays kubelet and storage driver, for which no ready-made role exists, and
# operators bring theirs with an installation that does not happen here.
_USERS = {
    "admin": ("admin", "system:masters"),
    "kwok": ("kwok", "system:masters"),
    "prometheus-operator": ("prometheus-operator", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    temporary.replace(path)


def ensure_tokens(layout: Layout) -> bool:
    """Make a token for every user that has none; true when there were such (the API server reads them at its start).

    A cluster that an older checkout made keeps its tokens and gets those of the parts that came later.
    """
    known = _tokens(layout)
    rows = [
        f'{secrets.token_hex(24)},{user},{name},"{group}"'
        for name, (user, group) in _USERS.items()
        if name not in known
    ]
    if rows:
        so_far = layout.tokens.read_text() if known else ""
        write_private(layout.tokens, so_far + "\n".join(rows) + "\n")
    return bool(rows)


def _tokens(layout: Layout) -> dict[str, str]:
    if not layout.tokens.exists():
        return {}
    return {row.split(",")[2]: row.split(",")[0] for row in layout.tokens.read_text().splitlines()}


def authority(layout: Layout) -> str | None:
    """The certificate (PEM) that signed the API server's own, or None while there is none yet."""
    try:
        text = layout.certificate.read_text()
    except OSError:
        return None
    marker = "-----BEGIN CERTIFICATE-----"
    # The API server appends the authority it made for the occasion to its serving certificate.
    return marker + text.rpartition(marker)[2] if text.count(marker) > 1 and text.endswith("-----\n") else None


def write_kubeconfigs(layout: Layout, port: int, admin: Path) -> None:
    """Write one kubeconfig per user, the administrator's to `admin`.

    The API server must have made its certificate before.
    """
    certificate = authority(layout) or ""
    write_private(layout.home / "ca.crt", certificate)
    tokens = _tokens(layout)
    for name in _USERS:
        # JSON is YAML: no YAML library is needed for it.
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "ballast-local",
                    "cluster": {
                        "server": f"https://{LOOPBACK}:{port}",
                        "certificate-authority-data": base64.b64encode(certificate.encode()).decode(),
                    },
                }
            ],
            "users": [{"name": name, "user": {"token": tokens[name]}}],
            "contexts": [{"name": "ballast-local", "context": {"cluster": "ballast-local", "user": name}}],
            "current-context": "ballast-local",
        }
        path = admin if name == "admin" else layout.kubeconfig(name)
        write_private(path, json.dumps(document, indent=2) + "\n")


def is_ready(layout: Layout, port: int) -> bool:
    """Whether this cluster's own API server answers on the port and says it is ready."""
    certificate = authority(layout)
    if certificate is None:
        return False
    context = ssl.create_default_context(cadata=certificate)
    # Python 3.13 demands certificate extensions that Kubernetes' self-made authority lacks.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # A proxy from the environment must not be asked for a loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(f"https://{LOOPBACK}:{port}/readyz", timeout=2) as answer:
            return answer.status == 200  # noqa: PLR2004 - HTTP OK
    except OSError:
        return False
