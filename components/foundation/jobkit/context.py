"""Everything that a program finds in its pod: what it is told and asked, its certificate and its passwords."""

from __future__ import annotations

import json
import os
import ssl
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import decoded
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.waiting import PAUSE, Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.config import JobConfig, LockedJobConfig

CA = "ca.crt"
CONFIG = "/etc/ballast/config/config.json"
Config_co = TypeVar("Config_co", covariant=True)


@dataclass(frozen=True)
class JobContext(Generic[Config_co]):
    """One run of a program.

    Attributes:
        config: what it is told.
        tls: folder with `tls.crt`, `tls.key` and `ca.crt`; not looked at where the store's endpoint is plain http.
        secrets: folder with one password per file.
        request: what an operator's command asks of this one run; empty for runs that nobody asked for.
        holder: the name under which it takes a lock: its pod's.
        pause: seconds between two looks at what it waits for.
        began: when, on the monotonic clock.
    """

    config: Config_co
    tls: Path = Path("/etc/ballast/tls")
    secrets: Path = Path("/etc/ballast/secrets")
    request: Mapping[str, Any] = field(default_factory=dict)
    holder: str = "a job"
    pause: float = PAUSE
    began: float = field(default_factory=time.monotonic, compare=False)

    @classmethod
    def read(cls, kind: type[Config_co], environment: Mapping[str, str]) -> JobContext[Config_co]:
        """Return what BALLAST_CONFIG, BALLAST_TLS, BALLAST_SECRETS, BALLAST_REQUEST and BALLAST_HOLDER name.

        Raises:
            JobError: the file is missing or is no such configuration, or the request is no JSON object.
        """
        path = Path(environment.get("BALLAST_CONFIG", CONFIG))
        try:
            tree = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise JobError(f"{path}: can't be read as JSON ({error}). It is mounted by the job's pod.") from None
        return cls(
            decoded(kind, tree, str(path)),
            Path(environment.get("BALLAST_TLS", cls.tls)),
            Path(environment.get("BALLAST_SECRETS", cls.secrets)),
            _request(environment.get("BALLAST_REQUEST", "{}")),
            environment.get("BALLAST_HOLDER", cls.holder),
        )

    @cached_property
    def kubernetes(self) -> Kubernetes:
        """The API server, asked as the pod's service account."""
        return Kubernetes.from_pod(os.environ)

    @property
    def deadline(self: JobContext[JobConfig]) -> Deadline:
        """When the run gives up."""
        seconds = self.config.deadline_seconds
        return Deadline(seconds, self.began + seconds, self.pause)

    def lock(self: JobContext[LockedJobConfig]) -> Lock:
        """Return the lock that all jobs of this store share which never run beside each other."""
        return Lock(self.kubernetes, self.config.namespace, self.config.lock, self.holder)

    def administrator(self, endpoint: str) -> Client:
        """Return a client that appears with the admin certificate.

        Raises:
            JobError: the endpoint is https and a file of the certificate is missing or no certificate.
        """
        trust = self.trust(endpoint)
        if trust is not None:
            try:
                trust.load_cert_chain(self.tls / "tls.crt", self.tls / "tls.key")
            except (OSError, ssl.SSLError) as error:
                raise JobError(f"{self.tls}: tls.crt and tls.key are no certificate with its key ({error}).") from None
        return Client(endpoint=endpoint, tls=trust)

    def trust(self, endpoint: str) -> ssl.SSLContext | None:
        """Return a context that trusts only the store's own CA and appears as nobody; None for plain http.

        Raises:
            JobError: the CA is missing.
        """
        if not endpoint.startswith("https:"):
            return None
        try:
            return ssl.create_default_context(cafile=str(self.tls / CA))
        except (OSError, ssl.SSLError) as error:
            raise JobError(f"{self.tls / CA}: is no certificate of a CA ({error}).") from None

    def password(self, name: str) -> str:
        """Return a password without its trailing line break.

        Raises:
            JobError: the file is missing or empty.
        """
        path = self.secrets / name
        try:
            password = path.read_text(encoding="utf-8").rstrip("\n")
        except OSError as error:
            raise JobError(f"{path}: the password can't be read ({error.strerror}).") from None
        if not password:
            raise JobError(f"{path}: the password is empty. Set it in the stack file.")
        return password


def _request(text: str) -> Mapping[str, Any]:
    try:
        request = json.loads(text)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise JobError("BALLAST_REQUEST: is no JSON object. It is written by the `ballast` command.")
    return request
