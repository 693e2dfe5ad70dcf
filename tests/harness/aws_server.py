"""Carries out against a moto server what was declared in AWS, by boto3: names and policies are judged on the way.

botocore's models judge names of parameters, types and what is required; moto refuses malformed policies and names.
moto has no associations of Pod Identity: those are judged by botocore's model alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
from botocore.stub import Stubber

from ops.manifest.recorded import arn_of
from tests.harness.s3_server import IDENTITY, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.harness.recorded import Declared

ORDER = (
    "Key",
    "Bucket",
    "BucketPublicAccessBlock",
    "BucketOwnershipControls",
    "BucketVersioning",
    "BucketServerSideEncryptionConfiguration",
    "BucketLifecycleConfiguration",
    "BucketPolicy",
    "Role",
    "RolePolicy",
    "PodIdentityAssociation",
)
"""Kinds that it knows, each after what it names; another is an error."""


@dataclass
class Account:
    """An empty account at a moto server.

    Attributes:
        endpoint: URL of the server.
        arns: of what was made, by the name that the recording gives in its place.
    """

    endpoint: str
    arns: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return boto3's client of a service, who may do everything."""
        if service not in self._clients:
            session: Any = boto3.session.Session(*IDENTITY.values(), region_name=REGION)
            self._clients[service] = session.client(service, endpoint_url=self.endpoint)
        return self._clients[service]

    def reset(self) -> None:
        """Take everything away again: servers of one process share what they hold."""
        with urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")):  # noqa: S310 - a server on loopback
            self.arns.clear()

    def carry_out(self, resources: Iterable[Declared]) -> None:
        """Make everything of AWS among what was declared."""
        made: dict[str, Callable[[Declared, Mapping[str, Any]], None]] = {
            "Key": self._key,
            "Bucket": self._bucket,
            "BucketPublicAccessBlock": self._public_access_block,
            "BucketOwnershipControls": self._ownership,
            "BucketVersioning": self._versioning,
            "BucketServerSideEncryptionConfiguration": self._encryption,
            "BucketLifecycleConfiguration": self._lifecycle,
            "BucketPolicy": self._policy,
            "Role": self._role,
            "RolePolicy": self._role_policy,
            "PodIdentityAssociation": self._association,
        }
        found = [one for one in resources if one.type.startswith("aws:")]
        for one in sorted(found, key=lambda one: ORDER.index(one.kind)):
            made[one.kind](one, json.loads(self._real(json.dumps(one.inputs))))

    def _real(self, text: str) -> str:
        for given, arn in self.arns.items():
            text = text.replace(given, arn)
        return text

    def _key(self, one: Declared, inputs: Mapping[str, Any]) -> None:
        kms = self.client("kms")
        key = kms.create_key(Description=inputs["description"], Policy=inputs["policy"])["KeyMetadata"]
        if inputs["enableKeyRotation"]:
            kms.enable_key_rotation(KeyId=key["KeyId"])
        self.arns[arn_of(one.type, one.name)] = key["Arn"]

    def _bucket(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        self.client("s3").create_bucket(
            Bucket=inputs["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def _public_access_block(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        self.client("s3").put_public_access_block(
            Bucket=inputs["bucket"],
            PublicAccessBlockConfiguration={f"{name[0].upper()}{name[1:]}": inputs[name] for name in names},
        )

    def _ownership(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        self.client("s3").put_bucket_ownership_controls(
            Bucket=inputs["bucket"],
            OwnershipControls={"Rules": [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]},
        )

    def _versioning(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        status = inputs["versioningConfiguration"]["status"]
        self.client("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration={"Status": status})

    def _encryption(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        (rule,) = inputs["rules"]
        default = rule["applyServerSideEncryptionByDefault"]
        self.client("s3").put_bucket_encryption(
            Bucket=inputs["bucket"],
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": default["sseAlgorithm"],
                            "KMSMasterKeyID": default["kmsMasterKeyId"],
                        },
                        "BucketKeyEnabled": rule["bucketKeyEnabled"],
                    }
                ]
            },
        )

    def _lifecycle(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        # The provider's names are S3's, but for the first letter of one.
        rules = [_capitals(rule) for rule in inputs["rules"]]
        for rule in rules:
            rule["ID"] = rule.pop("Id")
        self.client("s3").put_bucket_lifecycle_configuration(
            Bucket=inputs["bucket"], LifecycleConfiguration={"Rules": rules}
        )

    def _policy(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        self.client("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])

    def _role(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        self.client("iam").create_role(
            RoleName=inputs["name"],
            Description=inputs["description"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            PermissionsBoundary=inputs["permissionsBoundary"],
        )

    def _role_policy(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        self.client("iam").put_role_policy(
            RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
        )

    def _association(self, _: Declared, inputs: Mapping[str, Any]) -> None:
        eks = self.client("eks")
        named = {name: inputs[name] for name in ("clusterName", "namespace", "serviceAccount", "roleArn")}
        with Stubber(eks) as stubber:
            stubber.add_response("create_pod_identity_association", {}, named)
            eks.create_pod_identity_association(**named)


def _capitals(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key[0].upper()}{key[1:]}": _capitals(inner) for key, inner in value.items()}
    return value
