"""An account at a moto server, in which what was declared in AWS is carried out: names and policies are judged."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3

from ops.manifest.recorded import arn_of
from tests.harness.aws_kinds import KINDS
from tests.harness.s3_server import IDENTITY, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.harness.recorded import Declared

REPLICA_REGION = "eu-west-1"


@dataclass
class Account:
    """An empty account at a moto server.

    Attributes:
        endpoint: URL of the server.
        arns: of what was made, by the name that the recording gives in its place.
        calls: what was asked of AWS: service, operation and parameters.
    """

    endpoint: str
    arns: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = REGION) -> Any:
        """Return boto3's client of a service, who may do everything."""
        if (service, region) not in self._clients:
            session: Any = boto3.session.Session(*IDENTITY.values(), region_name=region)
            made = session.client(service, endpoint_url=self.endpoint)
            made.meta.events.register("provide-client-params", self._noted)
            self._clients[service, region] = made
        return self._clients[service, region]

    def _noted(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.service_model.service_name, model.name, params))

    def reset(self) -> None:
        """Take everything away again: servers of one process share what they hold."""
        with urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")):  # noqa: S310 - a server on loopback
            self.arns.clear()

    def carry_out(self, resources: Iterable[Declared]) -> None:
        """Make everything of AWS among what was declared."""
        found = [one for one in resources if one.type.startswith("aws:")]
        for one in sorted(found, key=lambda one: list(KINDS).index(one.kind)):
            region = REPLICA_REGION if "::aws-replica::" in one.provider else REGION
            made = KINDS[one.kind].make(lambda service, at=region: self.client(service, at), self._real(one.inputs))
            if one.kind == "SecurityGroup":
                # Known to others by its id, as everything else by its ARN.
                self.arns[f"{one.name}-id"] = made.identity
            if "arn" in made.outputs:
                self.arns[arn_of(one.type, one.name)] = made.outputs["arn"]

    def _real(self, inputs: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(inputs)
        for given, arn in self.arns.items():
            # Not where it is only the beginning of another.
            text = text.replace(f'{given}"', f'{arn}"').replace(f'{given}\\"', f'{arn}\\"')
        return json.loads(text)
