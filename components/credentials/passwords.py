"""Passwords given by the stack file, one Kubernetes Secret each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_kubernetes.core.v1 import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output, ResourceOptions

    from components.settings.platform_name import PlatformName

PASSWORD_KEY = "password"  # noqa: S105 - the file's name in the Secret, not a password


@dataclass(frozen=True, kw_only=True)
class PasswordArgs:
    """What a password needs to know.

    Attributes:
        namespace: in which it is declared.
        value: the secret itself, encrypted in the state.
        purpose: why it exists, for the person who finds it in the cluster.
        readers: who may mount it; one Secret per password, so that nobody has to be given two.
    """

    namespace: PlatformName
    value: Output[str]
    purpose: str
    readers: tuple[str, ...]


def pull_secret(name: str, namespace: str, secret: str, value: Output[str], opts: ResourceOptions) -> None:
    """Declare the Secret with which the images of a namespace are pulled.

    Args:
        name: of the resource.
        namespace: in which pods name it.
        secret: its name there; a new value takes its place and starts no pod anew.
        value: logins, as docker writes them.
        opts: of the resource.
    """
    Secret(
        name,
        metadata={"name": secret, "namespace": namespace},
        type="kubernetes.io/dockerconfigjson",
        string_data={".dockerconfigjson": value},
        opts=opts,
    )


def object_store_credentials(
    name: str, namespace: str, values: Mapping[str, str | Output[str]], opts: ResourceOptions
) -> Output[str]:
    """Declare the Secret with the key of buckets and return its name.

    The name is given by Pulumi, as those of passwords are: another key starts anew whatever shows it.

    Args:
        name: of the resource.
        namespace: in which pods name it.
        values: by the names of its entries.
        opts: of the resource.
    """
    secret = Secret(name, metadata={"namespace": namespace}, type="Opaque", string_data=values, opts=opts)
    return secret.metadata.apply(lambda metadata: str(metadata.name))


def password_secret(name: str, args: PasswordArgs, opts: ResourceOptions) -> Output[str]:
    """Declare one password in one Secret and return the Secret's name.

    The name is given by Pulumi, so a new value is a new Secret and whoever mounts it starts anew with it.
    """
    secret = Secret(
        name,
        metadata={
            "namespace": str(args.namespace),
            "annotations": {"ballast/purpose": args.purpose, "ballast/readers": ", ".join(args.readers)},
        },
        type="Opaque",
        # A value that was piped in ends in a line break, and whoever reads the file would send it too.
        string_data={PASSWORD_KEY: args.value.apply(lambda value: value.rstrip("\r\n"))},
        opts=opts,
    )
    return secret.metadata.apply(lambda metadata: str(metadata.name))
