"""What a job was told: its desired state, and where its certificate and passwords lie."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

CA = "ca.crt"


@dataclass(frozen=True)
class Orders:
    """Everything a job learns from its environment.

    Attributes:
        desired: the parsed `desired.json`.
        request: what an operator's command asks of this one run; empty for runs that nobody asked for.
        holder: the name under which the job takes a lock: its pod's.
        tls: folder with `tls.crt`, `tls.key` and `ca.crt`; not looked at when the endpoint is plain http.
        secrets: folder with one password per file.
    """

    desired: Mapping[str, Any]
    tls: Path
    secrets: Path
    request: Mapping[str, Any] = field(default_factory=dict)
    holder: str = "a job"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Orders:
        """Read the orders named by BALLAST_DESIRED, BALLAST_TLS, BALLAST_SECRETS, BALLAST_REQUEST and BALLAST_HOLDER.

        Raises:
            JobError: the file is missing or no JSON object with an `endpoint`, or the request is none.
        """
        path = Path(environment.get("BALLAST_DESIRED", "/etc/ballast/desired/desired.json"))
        try:
            desired = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise JobError(f"{path}: can't be read as JSON ({error}). It is mounted by the job's pod.") from None
        if not isinstance(desired, dict) or "endpoint" not in desired:
            raise JobError(f"{path}: names no endpoint. It must be an object with the key `endpoint`.")
        return cls(
            desired,
            Path(environment.get("BALLAST_TLS", "/etc/ballast/tls")),
            Path(environment.get("BALLAST_SECRETS", "/etc/ballast/secrets")),
            _request(environment.get("BALLAST_REQUEST", "{}")),
            environment.get("BALLAST_HOLDER", "a job"),
        )

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the desired state, empty when nothing of its kind is desired."""
        return self.desired.get(name, {})

    @property
    def deadline_seconds(self) -> float:
        """How long to wait for the cluster, in seconds; 15 minutes unless told otherwise."""
        return float(self.desired.get("deadlineSeconds", 900))

    def administrator(self) -> Client:
        """Return a client that appears with the admin certificate.

        Raises:
            JobError: the endpoint is https and a file of the certificate is missing or no certificate.
        """
        trust = self.trust()
        if trust is not None:
            try:
                trust.load_cert_chain(self.tls / "tls.crt", self.tls / "tls.key")
            except (OSError, ssl.SSLError) as error:
                raise JobError(f"{self.tls}: tls.crt and tls.key are no certificate with its key ({error}).") from None
        return Client(endpoint=str(self.desired["endpoint"]), tls=trust)

    def trust(self) -> ssl.SSLContext | None:
        """Return a context that trusts only the cluster's own CA and appears as nobody; None for plain http.

        Raises:
            JobError: the CA is missing.
        """
        if not str(self.desired["endpoint"]).startswith("https:"):
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
