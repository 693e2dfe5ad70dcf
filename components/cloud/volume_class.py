"""The storage class of all data volumes, encrypted with a key of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes.storage.v1 import StorageClass

from components.cloud.keys import data_key
from components.cloud.policies import volume_encryption
from components.cloud.settings import EBS_DRIVER

if TYPE_CHECKING:
    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection


@dataclass(frozen=True, kw_only=True)
class VolumeClassArgs:
    """What a class of volumes is made of.

    Attributes:
        name: its name in the cluster.
        driver_role: ARN of the role of the EBS CSI driver.
        aws: the account and region.
        protection: how it is kept.
    """

    name: str
    driver_role: str
    aws: AwsSettings
    protection: DataProtection


class VolumeClass(ComponentResource):
    """A class of EBS volumes that outlive their claims, grow, and are made where their first pod runs.

    The key is kept like the data: what is on the volumes is gone without it. It is not the environment's key for
    states and secrets: whoever encrypts volumes would read those too.
    """

    def __init__(self, name: str, args: VolumeClassArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:VolumeClass", name, None, opts)
        aws, kept = args.aws, args.protection.retain(ResourceOptions(parent=self))
        driver = volume_encryption(driver_role=args.driver_role, service=aws.host("ec2"))
        key = data_key(name, f"Volumes of the storage class {args.name}", *driver, aws=aws, kept=kept)
        StorageClass(
            name,
            metadata={"name": args.name},
            provisioner=EBS_DRIVER,
            # Nothing here may depend on what people change, such as tags: parameters of a class never change.
            parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": key.arn},
            reclaim_policy="Retain",
            allow_volume_expansion=True,
            volume_binding_mode="WaitForFirstConsumer",
            opts=kept,
        )
        self.register_outputs({"keyArn": key.arn})
