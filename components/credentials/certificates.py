"""Certificates by cert-manager: one self-signed root per namespace, and leaves under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource

from components.foundation.manifests import FORCED

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.settings.platform_name import PlatformName

CERT_MANAGER = "cert-manager.io/v1"
ORGANISATION = "ballast"
ROOT_LIFETIME = "87600h"  # ten years: a new root means new trust everywhere, so it outlives the hardware
LEAF_LIFETIME = "2160h"  # 90 days
LEAF_RENEWAL = "720h"  # renewed at two thirds of its life: 30 days remain to notice that renewal fails


@dataclass(frozen=True, kw_only=True)
class CertificateAuthorityArgs:
    """Whose authority it is, and how its root is kept: without the root no old certificate can be checked."""

    namespace: PlatformName
    protection: DataProtection


class CertificateAuthority(ComponentResource):
    """A self-signed root and the issuer that signs with it, in one namespace and for it alone."""

    issuer: Output[str]

    def __init__(self, name: str, args: CertificateAuthorityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:credentials:CertificateAuthority", name, None, opts)
        child = ResourceOptions(parent=self)
        namespace = args.namespace
        self_signed = _issuer(f"{name}-self-signed", namespace, {"selfSigned": {}}, child)
        root = CustomResource(
            f"{name}-root",
            api_version=CERT_MANAGER,
            kind="Certificate",
            metadata={"name": f"{name}-root", "namespace": str(namespace), "annotations": FORCED},
            spec={
                "isCA": True,
                "commonName": f"{name}-root",
                "subject": {"organizations": [ORGANISATION]},
                "secretName": f"{name}-root",
                "duration": ROOT_LIFETIME,
                # A root that changes its key under running members would cut them off from each other.
                "privateKey": {"algorithm": "ECDSA", "size": 384, "rotationPolicy": "Never"},
                "issuerRef": {"name": f"{name}-self-signed", "kind": "Issuer", "group": "cert-manager.io"},
            },
            opts=ResourceOptions.merge(args.protection.retain(child), ResourceOptions(depends_on=[self_signed])),
        )
        _issuer(name, namespace, {"ca": {"secretName": f"{name}-root"}}, child, after=root)
        self.issuer = Output.from_input(name)
        self.register_outputs({"issuer": self.issuer})


@dataclass(frozen=True, kw_only=True)
class LeafCertificateArgs:
    """What a leaf needs to know.

    Attributes:
        namespace: in which it is declared.
        issuer: the authority's issuer.
        common_name: with the organisation it makes the distinguished name (see `distinguished_name`).
        dns_names: names under which the holder is called; empty for a pure client.
        server: add server usage to the client usage that every leaf has.
    """

    namespace: PlatformName
    issuer: Output[str]
    common_name: str
    dns_names: tuple[str, ...] = ()
    server: bool = False


def leaf_certificate(name: str, args: LeafCertificateArgs, opts: ResourceOptions) -> Output[str]:
    """Declare a leaf and return the name of its Secret, which holds `tls.crt`, `tls.key` in PKCS#8 and `ca.crt`."""
    spec: dict[str, Any] = {
        "commonName": args.common_name,
        "subject": {"organizations": [ORGANISATION]},
        "secretName": name,
        "duration": LEAF_LIFETIME,
        "renewBefore": LEAF_RENEWAL,
        "usages": [
            "digital signature",
            "key encipherment",
            "client auth",
            *(["server auth"] if args.server else []),
        ],
        # A JVM reads keys in PKCS#8 only.
        "privateKey": {"algorithm": "RSA", "size": 3072, "encoding": "PKCS8", "rotationPolicy": "Always"},
        "issuerRef": {"name": args.issuer, "kind": "Issuer", "group": "cert-manager.io"},
    }
    if args.dns_names:
        spec["dnsNames"] = list(args.dns_names)
    CustomResource(
        name,
        api_version=CERT_MANAGER,
        kind="Certificate",
        metadata={"name": name, "namespace": str(args.namespace)},
        spec=spec,
        opts=opts,
    )
    return Output.from_input(name)


def distinguished_name(common_name: str) -> str:
    """Return the subject of a leaf as those compare it that know clients by it (RFC 2253)."""
    return f"CN={common_name},O={ORGANISATION}"


def _issuer(
    name: str,
    namespace: PlatformName,
    spec: dict[str, Any],
    child: ResourceOptions,
    after: CustomResource | None = None,
) -> CustomResource:
    return CustomResource(
        name,
        api_version=CERT_MANAGER,
        kind="Issuer",
        metadata={"name": name, "namespace": str(namespace)},
        spec=spec,
        opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[after] if after else [])),
    )
