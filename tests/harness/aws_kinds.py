"""Makes, reads, changes and ends each kind of resource that is declared in AWS, by boto3; another kind is an error.

botocore's models judge names of parameters, types and what is required; the server refuses malformed policies and
names. moto has no associations of Pod Identity: those are judged by botocore's model alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from botocore.stub import Stubber

from tests.harness.aws_s3 import BUCKET_SETTINGS, REPLICATION, Bucket, Made, unless_gone
from tests.harness.aws_search import Domain, LogGroup, LogResourcePolicy, SecurityGroup, SecurityGroupIngressRule

if TYPE_CHECKING:
    from tests.harness.aws_s3 import Clients, Inputs


class Kind(Protocol):
    """What can be done with one kind; `clients` gives a client by the name of its service."""

    def make(self, clients: Clients, inputs: Inputs) -> Made: ...

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None: ...

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None: ...

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None: ...


class Key:
    """A key."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        kms = clients("kms")
        key = kms.create_key(Description=inputs["description"], Policy=inputs["policy"])["KeyMetadata"]
        kms.enable_key_rotation(KeyId=key["KeyId"])
        return Made(key["KeyId"], {"arn": key["Arn"], "keyId": key["KeyId"]})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        kms = clients("kms")
        with unless_gone():
            if kms.describe_key(KeyId=identity)["KeyMetadata"]["KeyState"] == "PendingDeletion":
                return None
            turns = kms.get_key_rotation_status(KeyId=identity)["KeyRotationEnabled"]
            policy = kms.get_key_policy(KeyId=identity, PolicyName="default")["Policy"]
            return {**inputs, "enableKeyRotation": turns, "policy": policy}
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        kms = clients("kms")
        kms.update_key_description(KeyId=identity, Description=inputs["description"])
        kms.put_key_policy(KeyId=identity, PolicyName="default", Policy=inputs["policy"])
        (kms.enable_key_rotation if inputs["enableKeyRotation"] else kms.disable_key_rotation)(KeyId=identity)

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        clients("kms").schedule_key_deletion(KeyId=identity, PendingWindowInDays=int(inputs["deletionWindowInDays"]))


class Role:
    """A role."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        boundary = {"PermissionsBoundary": inputs["permissionsBoundary"]} if "permissionsBoundary" in inputs else {}
        made = clients("iam").create_role(
            RoleName=inputs["name"],
            Description=inputs["description"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            **boundary,
        )
        return Made(inputs["name"], {"arn": made["Role"]["Arn"]})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        with unless_gone():
            role = clients("iam").get_role(RoleName=identity)["Role"]
            return {
                **inputs,
                "assumeRolePolicy": _as_given(role["AssumeRolePolicyDocument"], inputs, "assumeRolePolicy"),
            }
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        clients("iam").update_assume_role_policy(RoleName=identity, PolicyDocument=inputs["assumeRolePolicy"])

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("iam").delete_role(RoleName=identity)


class RolePolicy:
    """A policy in a role, known as ROLE:NAME."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        self.change(clients, "", inputs)
        return Made(f"{inputs['role']}:{inputs['name']}", {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        role, _, name = identity.partition(":")
        with unless_gone():
            found = clients("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            return {**inputs, "role": role, "name": name, "policy": _as_given(found, inputs, "policy")}
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("iam").put_role_policy(
            RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
        )

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("iam").delete_role_policy(RoleName=inputs["role"], PolicyName=inputs["name"])


class PodIdentityAssociation:
    """An association, which moto does not know: nothing is kept of it."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        eks = clients("eks")
        named = {name: inputs[name] for name in ("clusterName", "namespace", "serviceAccount", "roleArn")}
        with Stubber(eks) as stubber:
            stubber.add_response("create_pod_identity_association", {}, named)
            eks.create_pod_identity_association(**named)
        return Made(f"{inputs['namespace']}/{inputs['serviceAccount']}", {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002 - of all kinds
        return inputs

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        """Nothing is kept."""

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        """Nothing is kept."""


def _as_given(document: Any, inputs: Inputs, key: str) -> str:
    """The text that was given, where what is there says the same."""
    given = inputs.get(key)
    return str(given) if given is not None and json.loads(given) == document else json.dumps(document)


KINDS: dict[str, Kind] = {
    "Key": Key(),
    "Bucket": Bucket(),
    **BUCKET_SETTINGS,
    "Role": Role(),
    "RolePolicy": RolePolicy(),
    "BucketReplicationConfig": REPLICATION,
    "PodIdentityAssociation": PodIdentityAssociation(),
    "SecurityGroup": SecurityGroup(),
    "SecurityGroupIngressRule": SecurityGroupIngressRule(),
    "LogResourcePolicy": LogResourcePolicy(),
    "LogGroup": LogGroup(),
    "Domain": Domain(),
}
"""Each after what it names."""
