"""Requests that AWS knows by the role of the pod: a domain registers a repository for nobody else."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from components.foundation.jobkit.client import Answer, Client
from components.foundation.jobkit.errors import JobError

SERVICE = "es"


@dataclass(frozen=True, kw_only=True)
class SigningClient(Client):
    """A client whose requests are signed with the role that the pod has by its service account.

    Attributes:
        region: of the domain.
    """

    region: str

    @classmethod
    def of(cls, client: Client, region: str) -> SigningClient:
        """Return a client of the same server that signs instead of logging in."""
        return cls(endpoint=client.endpoint, tls=client.tls, region=region)

    def _send(self, method: str, path: str, body: object) -> Answer:
        payload = None if body is None else json.dumps(body).encode()
        signed = replace(self, headers=self._signature(method, path, payload))
        return super(SigningClient, signed)._send(method, path, body)

    def _signature(self, method: str, path: str, payload: bytes | None) -> dict[str, str]:
        """Return the headers of a signature (AWS, "Signature Version 4").

        Raises:
            JobError: the pod has no role.
        """
        credentials = Session().get_credentials()
        if credentials is None:
            raise JobError("the pod has no role at AWS, so no request can be signed. Look at its service account.")
        request = AWSRequest(method, f"{self.endpoint}{path}", data=payload)
        SigV4Auth(credentials.get_frozen_credentials(), SERVICE, self.region).add_auth(request)
        return dict(request.headers.items())
