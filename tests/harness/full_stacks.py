"""Stacks in which, taken together, every field of a stack file is given."""

from __future__ import annotations

import copy
from typing import Any

from trustme import CA

from components.settings.document import read_document
from components.settings.secrets import SECRETS
from tests.harness.applied import full_application
from tests.harness.buckets import in_namespace, made_here, with_buckets
from tests.harness.declare import PROJECT


def _stack(environment: str) -> dict[str, Any]:
    config = read_document(PROJECT / f"Pulumi.{environment}.yaml").data["config"]
    return {key.removeprefix("ballast:"): copy.deepcopy(value) for key, value in config.items() if "pulumi:" not in key}


def _full() -> dict[str, Any]:
    """Production, with whatever it leaves out and may have."""
    stack = _stack("prod")
    stack["images"]["mirror"] = "registry.example.com/mirror"
    stack["wideNetworks"] = {"internet": {"cidr": "32.0.0.0/3", "reason": "PagerDuty publishes no ranges"}}
    stack["allowOrphaned"] = ["volumes.old"]
    stack["images"] |= {"pullSecret": "login", "mirrors": {"quay": {"registry": "quay.io", "prefix": "m.example.com"}}}
    stack["cluster"] |= {
        "fewZones": "this provider has no third one",
        "nodeLocalDns": "169.254.20.10",
        "timeout": "20m",
        "ipv6": True,
    }
    stack["cluster"] |= {"nodeSelector": ["pool=data"], "tolerations": ["dedicated=platform:NoSchedule"]}
    for store in ("opensearch", "qdrant", "chroma"):
        stack[store]["openTo"] = ["applications"]
    stack["grafana"]["oidc"]["scopes"] = ["openid", "email"]
    stack["grafana"]["repository"] = "https://git.example.com/platform/ballast/blob/main"
    named = {"vectors": {"text": {"size": 8, "distance": "dot"}}, "sparseVectors": {"words": {"modifier": "idf"}}}
    stack["qdrant"]["collections"]["named"] = {**named, "shards": 6}
    stack["loki"]["streams"]["opensearch"]["service"] = "api"
    stack["loki"]["periods"] = {
        "larger": {"from": "2027-01-31", "s3": {**stack["loki"]["s3"], "bucket": "acme-larger"}}
    }
    stack["alertmanager"]["maintenance"]["patches"]["teams"] = ["search"]
    stack["collector"]["masks"] = {"keys": ["^customer[.]name$"], "values": ["KD-[0-9]{8}"]}
    return stack | {"applications": full_application()}


def _dev() -> dict[str, Any]:
    stack = {key: value for key, value in _stack("dev").items() if key not in SECRETS}
    # Beside PagerDuty and Slack nothing would be told to it.
    stack["alertmanager"] |= {"webhook": {"port": 443}, "egressCidrs": ["10.0.0.0/24"]}
    return stack


def _made(identity: dict[str, str]) -> dict[str, Any]:
    aws = {"account": "111122223333", "region": "eu-central-1", "tags": ["team=platform"], **identity}
    aws |= {"replicaRegion": "eu-west-1"}
    stack = _full() | {"aws": aws | {"permissionsBoundary": "arn:aws:iam::111122223333:policy/platform"}}
    stack["cluster"]["storageClass"]["made"] = {"driverRole": "arn:aws:iam::111122223333:role/volumes"}
    return with_buckets(stack, made_here)


def _without_aws() -> dict[str, Any]:
    authority = CA().cert_pem.bytes().decode()
    return with_buckets(_full(), in_namespace) | {"objectStoreAuthority": authority}


STACKS: dict[str, dict[str, Any]] = {
    "prod": _full(),
    "dev": _dev(),
    "without-aws": _without_aws(),
    "irsa": _made({"identity": "irsa", "oidcProvider": "oidc.example.com/id/A"}),
    "pod-identity": _made({"identity": "podIdentity", "clusterName": "acme"}),
}
