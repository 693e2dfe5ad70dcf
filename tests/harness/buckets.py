"""Stack files whose buckets stand at an endpoint of their own in place of AWS."""

from __future__ import annotations

import re
from textwrap import indent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ENDPOINT = "endpoint: https://s3.example.com:9000"
IN_THE_CLUSTER = "endpoint: https://minio.minio.svc:9000"


def elsewhere(text: str, endpoint: str = ENDPOINT) -> str:
    """Return a stack file with an endpoint in place of each role."""
    text = re.sub(r'roleArn: "arn:aws:iam[^"]*".*', endpoint, text)
    return text.replace("region: eu-central-1", "region: fsn1")


def in_the_cluster(text: str) -> str:
    """Return a stack file with a storage in a namespace of the cluster."""
    return re.sub(r"(endpoint: \S+\n *)egressCidrs: \[.*", r"\1namespace: minio", elsewhere(text, IN_THE_CLUSTER))


def with_authority(text: str, certificates: str) -> str:
    """Return a stack file whose endpoint has its certificate from an authority of its own."""
    block = indent(certificates, "    ")
    return text.replace("  ballast:images:", f"  ballast:objectStoreAuthority: |\n{block}\n  ballast:images:", 1)


def with_buckets(section: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """Return a section, as data, in which every bucket is reached in another way than by a role.

    Args:
        section: of a stack file, or all of them.
        change: what becomes of a bucket's section without its role.
    """
    if not isinstance(section, dict):
        return section
    if "roleArn" in section:
        return change({key: value for key, value in section.items() if key != "roleArn"})
    return {key: with_buckets(value, change) for key, value in section.items()}


def in_namespace(place: dict[str, Any]) -> dict[str, Any]:
    """A bucket of a storage in the cluster."""
    del place["egressCidrs"]
    return place | {"endpoint": "https://minio.minio.svc:9000", "namespace": "minio"}


def made_here(place: dict[str, Any]) -> dict[str, Any]:
    """A bucket that the platform makes, which has one owner."""
    own = f"{place['bucket']}-{place['basePath']}".replace("/", "-")
    made = {"recoverableFor": "14d", "replica": f"{own}-copy"}
    if place["basePath"] not in ("opensearch", "loki", "tempo"):
        made["lock"] = "governance"
    return place | {"bucket": own, "made": made}
