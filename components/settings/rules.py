"""Rules that join several values: each a small generator over the whole stack."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from components.cloud.rules import CLOUD_RULES
from components.settings.base import NotReadError
from components.settings.bucket_rules import BUCKET_RULES
from components.settings.cluster import LOCAL
from components.settings.environment import Teardown, Tier
from components.settings.example_rules import EXAMPLE_RULES
from components.settings.limits import values_within_their_limits
from components.settings.network_rules import NETWORK_RULES
from components.settings.programs import DESCRIBED
from components.settings.recorded_state import may_be_given_up, recorded_state
from components.settings.report import Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.settings.store_rules import STORE_RULES
from components.settings.stores import STORE_KINDS
from components.settings.supported_versions import versions_are_supported
from components.settings.twice_rules import TWICE_RULES

#: A region of AWS or of Google, where a zone has a letter behind it.
_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]|[a-z]+-[a-z]+[0-9]+"
#: The region at the beginning of a zone: eu-central-1a, us-east-1-bos-1a, europe-west1-b.
_REGION_OF_ZONE = r"([a-z]{2}(?:-[a-z]+)+-[0-9])(?:[a-z]$|-)|([a-z]+-[a-z]+[0-9]+)-[a-z]$"


def broken_rules(stack: StackSettings) -> Iterator[Mistake]:
    """Mistakes across fields, paths beginning at the stack.

    Args:
        stack: A stack, possibly partial: rules that need what could not be read are left out.
    """
    alone = [*values_within_their_limits(stack), *versions_are_supported(stack)]
    yield from alone
    # What is wrong by itself has no relation to others that would be worth a second message.
    told = {mistake.path for mistake in alone}
    for rule in chain.from_iterable(_ALL):
        with suppress(NotReadError):
            yield from [mistake for mistake in rule(stack) if mistake.path not in told]


def _cluster_is_named(stack: StackSettings) -> Iterator[Mistake]:
    if stack.cluster.kubeconfig is None and stack.cluster.context is None:
        yield Mistake(
            ("cluster",),
            "names no cluster: neither kubeconfig nor context is given, and an ambient one is never used",
            "add kubeconfig: PATH or context: NAME",
        )


def _local_cluster_is_for_dev(stack: StackSettings) -> Iterator[Mistake]:
    if stack.cluster.identity == LOCAL and stack.tier is not Tier.DEV:
        yield Mistake(
            ("cluster", "identity"),
            f"is local, which only tier dev may name; {stack.tier} must know its cluster by UID",
            "write the output of: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
        )


def _zones_are_of_one_region(stack: StackSettings) -> Iterator[Mistake]:
    regions: dict[str, str] = {}
    for index, zone in enumerate(stack.cluster.zones):
        path = ("cluster", "zones", index)
        if re.fullmatch(_REGION, zone):
            remedy = "write its zones, for example eu-central-1a"
            yield Mistake(path, f"is {zone}, a region; pods and volumes are spread over its zones", remedy)
        elif found := re.match(_REGION_OF_ZONE, zone):
            region, other = found[1] or found[2], next(iter(regions.values()), zone)
            if regions.setdefault(region, zone) == zone != other:
                problem = f"is {zone}, in another region than {other}: no cluster spans two, and no volume follows"
                yield Mistake(path, problem, "name zones of one region")


def _majorities_have_zones(stack: StackSettings) -> Iterator[Mistake]:
    zones = len(set(stack.cluster.zones))
    voters: list[str] = []
    for kind in STORE_KINDS:
        if kind.majority is not None:
            with suppress(NotReadError):
                found = [kind.majority(store.settings) for store in kind.stores(stack)]
                voters += [f"{count} {what}" for count, what in found if count >= QUORUM]
    if voters and zones < QUORUM and stack.cluster.few_zones is None:
        yield Mistake(
            ("cluster", "zones"),
            f"has {zones} zone{'' if zones == 1 else 's'} for {' and '.join(voters)}: the loss of one zone could take "
            "the majority",
            "name at least 3 zones, or write cluster.fewZones: REASON where there are no more",
        )


def _prod_refuses_teardown(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.teardown is not Teardown.REFUSE:
        yield Mistake(("teardown",), f"is {stack.teardown}, but prod must refuse to be torn down", "write refuse")


def _only_what_is_gone_is_given_up(stack: StackSettings) -> Iterator[Mistake]:
    for index, key in enumerate(stack.allow_orphaned):
        path = ("allowOrphaned", index)
        if not may_be_given_up(key):
            problem = f"is {key}, and only stores, places of data and numbers of pods can be given up"
            yield Mistake(path, problem, "correct it, or leave it out")
        state = recorded_state(stack)
        # A place or a number still stands there when another follows it; a store doesn't.
        if key not in state and any(known.startswith(f"{key}.") for known in state):
            problem = f"gives up {key}, which the file still declares, and with it everything that guards its data"
            yield Mistake(path, problem, f"leave it out, or leave {key} out of the file")


STACK_RULES: tuple[Rule, ...] = (
    _cluster_is_named,
    _local_cluster_is_for_dev,
    _zones_are_of_one_region,
    _majorities_have_zones,
    _prod_refuses_teardown,
    _only_what_is_gone_is_given_up,
)

_ALL = (
    STACK_RULES,
    TWICE_RULES,
    NETWORK_RULES,
    STORE_RULES,
    BUCKET_RULES,
    CLOUD_RULES,
    EXAMPLE_RULES,
    *(program.rules for program in DESCRIBED),
)
