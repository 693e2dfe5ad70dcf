"""Random stack files whose buckets the platform makes, or somebody else, and what is declared of them in AWS."""

from __future__ import annotations

import copy
import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pulumi
import yaml
from hypothesis import assume
from hypothesis import strategies as st

from components.composition.cloud import compose_cloud
from components.composition.context import PlatformContext
from components.foundation.connections import ExternalEndpoint
from components.foundation.data_protection import DataProtection
from components.foundation.images import ImageCatalogue
from components.settings.environment import Teardown
from components.settings.judge import Given, judge
from components.settings.platform_name import platform_prefix
from components.settings.secrets import SECRETS
from tests.harness.declare import IDENTITY, PROJECT, declare
from tests.harness.made_buckets import ACCOUNT, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings
    from tests.harness.recorded import Recording

OTHERS = 4
"""Files that are made of the first of a family: any two of the five are a step."""


def _base() -> dict[str, Any]:
    text = made((PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8")).replace("acme-prod", "acme")
    config = yaml.safe_load(text)["config"]
    found = {key.removeprefix("ballast:"): value for key, value in config.items() if key.startswith("ballast:")}
    return {key: value for key, value in found.items() if key not in (*SECRETS, "promotesFrom")} | {"tier": "staging"}


BASE = _base()
_STORES = ("opensearch", "qdrant", "chroma")
_DAYS = st.sampled_from(["14d", "30d", "60d"])


def _owners(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The section of every bucket that is there, by whose it is."""
    sections = {store: stack[store]["snapshots"] for store in _STORES if store in stack}
    sections |= {name: one["snapshots"] for name, one in stack.get("volumes", {}).items()}
    sections |= {store: stack[store] for store in ("loki", "tempo") if store in stack}
    return {name: section["s3"] for name, section in sections.items()}


def _made(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    owner, place = draw(st.sampled_from(sorted(_owners(stack).items(), key=lambda one: one[0])))
    place.pop("roleArn", None)
    place["made"] = {"recoverableFor": draw(_DAYS)}
    if draw(st.booleans()):
        place["made"]["replica"] = f"{place['bucket']}-{draw(st.sampled_from(['copy', 'more']))}"
    if owner not in ("opensearch", "loki", "tempo") and draw(st.booleans()):
        place["made"]["lock"] = "governance"


def _existing(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    place = draw(st.sampled_from([one for _, one in sorted(_owners(stack).items(), key=lambda one: one[0])]))
    place.pop("made", None)
    place["roleArn"] = f"arn:aws:iam::{ACCOUNT}:role/{place['bucket']}"


def _moved(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    place = draw(st.sampled_from([one for _, one in sorted(_owners(stack).items(), key=lambda one: one[0])]))
    place["bucket"] = f"{place['bucket']}-new"


def _kept(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    stack[draw(st.sampled_from([store for store in _STORES if store in stack]))]["recovery"]["retention"] = draw(_DAYS)


def _locked(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    store = stack["qdrant"] if "qdrant" in stack else stack["volumes"]["knowledge"]
    place = store["snapshots"]["s3"]
    place.pop("roleArn", None)
    place["made"] = {**place.get("made", {"recoverableFor": "14d"}), "lock": "governance"}
    store["recovery"]["retention"] = draw(_DAYS)


def _gone(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    stack.pop(draw(st.sampled_from(["qdrant", "chroma", "aws"])), None)


def _account(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    text = json.dumps(stack).replace(ACCOUNT, draw(st.sampled_from([ACCOUNT, "444455556666"])))
    stack |= json.loads(text)


def _region(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    stack["replicas"] = draw(st.sampled_from(["eu-west-1", "eu-north-1"]))


def _class(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    stack["cluster"]["storageClass"].pop("made", None)
    if draw(st.booleans()):
        stack["cluster"]["storageClass"] = copy.deepcopy(BASE["cluster"]["storageClass"])


def _teardown(draw: st.DrawFn, stack: dict[str, Any]) -> None:
    stack["teardown"] = draw(st.sampled_from(["refuse", "keepData"]))


_MOVES = (_made, _made, _locked, _locked, _existing, _moved, _kept, _gone, _account, _region, _class, _teardown)


def _change(draw: st.DrawFn, stack: dict[str, Any], *, least: int, most: int) -> dict[str, Any]:
    stack = copy.deepcopy(stack)
    for move in draw(st.lists(st.sampled_from(_MOVES), min_size=least, max_size=most)):
        move(draw, stack)
    return stack


def _valid(values: dict[str, Any]) -> StackSettings:
    values = json.loads(json.dumps(values))
    region = values.pop("replicas", "eu-west-1")
    if "aws" in values:
        values["aws"].pop("replicaRegion", None)
        if any("replica" in place.get("made", {}) for place in _owners(values).values()):
            values["aws"]["replicaRegion"] = region
    else:
        # Without an account somebody else has made them all.
        for place in _owners(values).values():
            if place.pop("made", None) is not None:
                place["roleArn"] = f"arn:aws:iam::{ACCOUNT}:role/{place['bucket']}"
        values["cluster"]["storageClass"].pop("made", None)
    settings, mistakes = judge(Given("staging", values, frozenset()), SECRETS)
    assume(not mistakes)
    assert settings is not None
    return settings


@st.composite
def cloud_families(draw: st.DrawFn) -> list[StackSettings]:
    """A valid stack file and those that people made of it."""
    first = _change(draw, BASE, least=1, most=4)
    return [_valid(first), *(_valid(_change(draw, first, least=1, most=2)) for _ in range(OTHERS))]


def cloud_steps(
    family: list[StackSettings], declared: dict[str, Recording]
) -> Iterator[tuple[tuple[StackSettings, Recording], tuple[StackSettings, Recording]]]:
    """Yield each step from one file of a family to another, with what is declared for both in AWS.

    Args:
        family: the files.
        declared: what was declared for files of earlier families.
    """
    texts = {stack.model_dump_json(): stack for stack in family}
    for text, stack in texts.items():
        if text not in declared:
            declared[text] = declare_cloud(stack)
    yield from permutations([(stack, declared[text]) for text, stack in texts.items()], 2)


def declare_cloud(stack: StackSettings) -> Recording:
    """Return what a stack declares in AWS; the rest of the platform would take ten times as long."""

    def build() -> None:
        context = PlatformContext(
            environment="staging",
            stack=stack,
            secrets={},
            cluster=pulumi.Output.from_input(IDENTITY),
            protection=DataProtection(protected=stack.teardown is Teardown.REFUSE),
            images=ImageCatalogue(mirror=None, mirrors={}),
            api_server=ExternalEndpoint(name="kubernetes-api", cidrs=(), ports={}),
            inside=pulumi.ResourceOptions(),
        )
        with platform_prefix(stack.namespace_prefix):
            compose_cloud(context)

    return declare(build)
