"""The keys that open Qdrant: two full ones, so that they can be changed one after the other, and one to read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret

from components.stores.qdrant.settings import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

JOB_KEY = "api-key"
"""The file in which a job finds its key."""

KEYS = {
    "api_key": "qdrantApiKey",
    "alt_api_key": "qdrantAlternativeApiKey",
    "read_only_api_key": "qdrantReadOnlyApiKey",
}
"""Qdrant's setting by the key of the stack file that holds it."""


@dataclass(frozen=True, kw_only=True)
class QdrantKeysArgs:
    """The secrets of the stack file, by its keys."""

    secrets: Mapping[str, Output[str]]


class QdrantKeys(ComponentResource):
    """Two Secrets: the file with all keys for the nodes, and the first key alone for jobs.

    Their names are given by Pulumi: a changed key makes new Secrets, so a new pod template, so a gated restart.
    """

    nodes: Output[str]
    jobs: Output[str]

    def __init__(self, name: str, args: QdrantKeysArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:QdrantKeys", name, None, opts)
        child = ResourceOptions(parent=self)
        values = Output.all(**{setting: args.secrets[key] for setting, key in KEYS.items()})
        nodes = Secret(
            f"{name}-nodes",
            metadata={"namespace": str(NAMESPACE), "annotations": {"ballast/readers": "qdrant nodes"}},
            string_data={"local.yaml": values.apply(lambda found: yaml.safe_dump({"service": dict(found)}))},
            opts=child,
        )
        jobs = Secret(
            f"{name}-jobs",
            metadata={"namespace": str(NAMESPACE), "annotations": {"ballast/readers": "qdrant jobs"}},
            string_data={JOB_KEY: args.secrets[KEYS["api_key"]]},
            opts=child,
        )
        self.nodes = nodes.metadata.apply(lambda made: str(made.name))
        self.jobs = jobs.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"nodes": self.nodes, "jobs": self.jobs})
