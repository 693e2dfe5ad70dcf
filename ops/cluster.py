"""The Kubernetes cluster that a stack file names, reached through kubectl, because that knows every cloud's login."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from components.settings.cluster import LOCAL
from ops.errors import RefusedError
from toolchain import toolbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.cluster import ClusterSettings

ANSWER_SECONDS = 30
"""How long the API server may take for one answer."""

LOGIN_SECONDS = 90
"""How long kubectl may take in all: a cloud's login plugin asks another server first."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class UnansweredError(RefusedError):
    """kubectl or the API server did not do what it was asked.

    Attributes:
        said: the last line of what it gave as the reason.
    """

    def __init__(self, sentence: str, said: str) -> None:
        super().__init__(sentence)
        self.said = said


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A recognised cluster.

    Attributes:
        kubectl: the program.
        access: options by which it reaches this cluster and no other.
        source: where the stack file names the cluster, for messages.
    """

    kubectl: Path
    access: tuple[str, ...]
    source: str

    @classmethod
    def recognised(cls, settings: ClusterSettings, stack_file: str, project: Path) -> Cluster:
        """Return the cluster that the stack file names, and only that one; an ambient kubeconfig is never used.

        Args:
            settings: the section `ballast:cluster`.
            stack_file: its name, for messages.
            project: folder that a relative path of a kubeconfig starts from.

        Raises:
            RefusedError: kubectl, the kubeconfig or the cluster is missing, or the cluster is another one.
        """
        found = toolbox.find("kubectl") or shutil.which("kubectl")
        if found is None:
            raise RefusedError(
                "kubectl is not on PATH, and nothing reaches the cluster without it. Install it, or build it: "
                "python3 -m toolchain build --only kubectl"
            )
        source = f"{stack_file}: ballast:cluster"
        kubeconfig = project / Path(settings.kubeconfig or "~/.kube/config").expanduser()
        if not kubeconfig.is_file():
            remedy = "Start the local cluster with make up" if settings.identity == LOCAL else "Correct the path"
            raise RefusedError(f"{source}.kubeconfig: there is no file {kubeconfig}. {remedy}.")
        context = () if settings.context is None else (f"--context={settings.context}",)
        cluster = cls(kubectl=Path(found), access=(f"--kubeconfig={kubeconfig}", *context), source=source)
        cluster._recognise(settings.identity)
        return cluster

    def get(self, kind: str, namespace: str, name: str) -> dict[str, Any] | None:
        """Return an object, or None where there is none.

        Raises:
            RefusedError: kubectl failed.
        """
        text = self.ask("get", kind, name, f"--namespace={namespace}", "--ignore-not-found", "--output=json")
        return json.loads(text) if text.strip() else None

    def listing(
        self, kind: str, namespace: str, *, labels: Mapping[str, str] | None = None, fields: str = ""
    ) -> list[dict[str, Any]]:
        """Return the objects of a kind in a namespace, chosen by labels or by a field selector.

        Raises:
            RefusedError: kubectl failed.
        """
        chosen = [f"--selector={','.join(f'{key}={value}' for key, value in labels.items())}"] if labels else []
        chosen += [f"--field-selector={fields}"] if fields else []
        return json.loads(self.ask("get", kind, f"--namespace={namespace}", *chosen, "--output=json"))["items"]

    def create(self, manifest: Mapping[str, Any]) -> None:
        """Make an object; one that exists is never changed.

        Raises:
            RefusedError: kubectl or the API server refused.
        """
        self.ask("create", "--filename=-", "--output=name", given=json.dumps(manifest))

    def log(self, namespace: str, pod: str) -> subprocess.Popen[str]:
        """Begin to read the log of a pod until the pod ends; the caller waits for it."""
        return subprocess.Popen(  # noqa: S603 - the kubectl that was found
            [str(self.kubectl), *self.access, "logs", "--follow", f"--namespace={namespace}", pod],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )

    def command(self, *arguments: str) -> str:
        """Return a command for this very cluster, as a person can type it."""
        return shlex.join(["kubectl", *self.access, *arguments])

    def _recognise(self, identity: str) -> None:
        if identity == LOCAL:
            view = json.loads(self.ask("config", "view", "--minify", "--output=json"))
            server = view["clusters"][0]["cluster"]["server"]
            host = urlsplit(server).hostname
            if host not in _LOOPBACK:
                raise RefusedError(
                    f"{self.source}.identity: local is the cluster that make up starts on this machine, but its "
                    f"kubeconfig leads to {host}. Write the UID of its namespace kube-system instead."
                )
        found = json.loads(self.ask("get", "namespace", "kube-system", "--output=json"))["metadata"]["uid"]
        if identity not in (LOCAL, found):
            raise RefusedError(
                f"{self.source}.identity names cluster {identity}, but the namespace kube-system of the cluster "
                f"behind {self.access[0].partition('=')[2]} has UID {found}. Nothing was changed. Point kubeconfig or "
                "context at the right cluster, or correct the identity."
            )

    def ask(self, *arguments: str, given: str | None = None) -> str:
        """Return what kubectl answers.

        Args:
            arguments: of kubectl.
            given: its standard input.

        Raises:
            UnansweredError: it failed.
        """
        try:
            done = subprocess.run(  # noqa: S603 - the kubectl that was found
                [str(self.kubectl), *self.access, f"--request-timeout={ANSWER_SECONDS}s", *arguments],
                input=given,
                capture_output=True,
                text=True,
                check=False,
                timeout=LOGIN_SECONDS,
            )
        except subprocess.TimeoutExpired:
            said = f"it did not end within {LOGIN_SECONDS} s"
        except OSError as error:
            said = f"it can't be run ({error.strerror})"
        else:
            if done.returncode == 0:
                return done.stdout
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        what = " ".join(word for word in arguments[:3] if not word.startswith("-"))
        raise UnansweredError(
            f"{self.source}: `kubectl {what}` failed: {said.removesuffix('.')}. "
            f"This must work first: {self.command('get', 'namespace', 'kube-system')}",
            said.removesuffix("."),
        )
