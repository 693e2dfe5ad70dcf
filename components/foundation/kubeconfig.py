"""The kubeconfig that a stack file names, read before any provider is: a provider's words for a wrong one mislead."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from pulumi import RunError

from components.settings.cluster import LOCAL

if TYPE_CHECKING:
    from components.settings.cluster import ClusterSettings

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Kubeconfig:
    """A kubeconfig that exists, and the server that it leads to."""

    path: str
    context: str | None
    server: str


def named_kubeconfig(settings: ClusterSettings, stack_file: str) -> Kubeconfig:
    """Return the kubeconfig that the stack file names; an ambient one is never looked at.

    Raises:
        RunError: if the file or its context is missing, if a cluster called local isn't on this machine, or if
            nothing answers at the server's address. Pulumi's own message for the last one advises to let it forget
            the cluster's resources, which is never the remedy.
    """
    path = str(Path(settings.kubeconfig or "~/.kube/config").expanduser())
    key = f"{stack_file}: ballast:cluster"
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        context = settings.context or content["current-context"]
        server = _server(content, context)
    except OSError as error:
        remedy = "Start the local cluster with make up" if settings.identity == LOCAL else "Correct the path"
        raise RunError(f"{key}.kubeconfig: {path} can't be read ({error.strerror}). {remedy}.") from None
    except (yaml.YAMLError, KeyError, TypeError, StopIteration):
        raise RunError(
            f"{key}: {path} has no cluster for the context {settings.context or 'that it calls current'}. "
            f"Correct context or kubeconfig: kubectl config get-contexts --kubeconfig {path}"
        ) from None
    url = urlsplit(server["server"])
    host, port = url.hostname or "", url.port or 443
    if settings.identity == LOCAL and host not in _LOOPBACK:
        raise RunError(
            f"{key}.identity: local is the cluster that make up starts on this machine, but {path} leads to {host}. "
            "Write the UID of its namespace kube-system instead."
        )
    # Behind a proxy only the proxy could be asked; the provider will tell.
    if "proxy-url" not in server and not {"HTTPS_PROXY", "https_proxy"} & os.environ.keys():
        _expect_answer(key, host, port)
    return Kubeconfig(path=path, context=settings.context, server=server["server"])


def _server(content: dict[str, Any], context: str) -> dict[str, Any]:
    def entry(section: str, name: str) -> dict[str, Any]:
        return next(item for item in content[section] if item["name"] == name)

    server = entry("clusters", entry("contexts", context)["context"]["cluster"])["cluster"]
    if not server["server"]:
        raise KeyError("server")
    return server


def _expect_answer(key: str, host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), timeout=_ANSWER_SECONDS).close()
    except OSError as error:
        raise RunError(
            f"{key}: no cluster answers at {host}:{port} ({error.strerror or error}). Nothing was changed. "
            "Start the cluster (make up, where it is the local one) or correct kubeconfig and context."
        ) from None
