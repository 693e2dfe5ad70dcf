"""Rules that join several values: each a small generator over the whole stack."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from components.settings.alerting_rules import ALERTING_RULES
from components.settings.base import NotReadError
from components.settings.cluster import LOCAL
from components.settings.environment import Environment, Teardown
from components.settings.opensearch_rules import OPENSEARCH_RULES
from components.settings.qdrant_rules import QDRANT_RULES
from components.settings.report import Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.settings.store_rules import STORE_RULES
from components.settings.telemetry_rules import TELEMETRY_RULES


def broken_rules(stack: StackSettings) -> Iterator[Mistake]:
    """Mistakes across fields, paths beginning at the stack.

    Args:
        stack: A stack, possibly partial: rules that need what could not be read are left out.
    """
    concerns = (STACK_RULES, OPENSEARCH_RULES, QDRANT_RULES, STORE_RULES, TELEMETRY_RULES, ALERTING_RULES)
    for rule in chain.from_iterable(concerns):
        try:
            yield from list(rule(stack))
        except NotReadError:
            continue


def _cluster_is_named(stack: StackSettings) -> Iterator[Mistake]:
    if stack.cluster.kubeconfig is None and stack.cluster.context is None:
        yield Mistake(
            ("cluster",),
            "names no cluster: neither kubeconfig nor context is given, and an ambient one is never used",
            "add kubeconfig: PATH or context: NAME",
        )


def _local_cluster_is_for_dev(stack: StackSettings) -> Iterator[Mistake]:
    if stack.cluster.identity == LOCAL and stack.environment is not Environment.DEV:
        yield Mistake(
            ("cluster", "identity"),
            f"is local, which only dev may name; {stack.environment} must know its cluster by UID",
            "write the output of: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
        )


def _zones_are_unique(stack: StackSettings) -> Iterator[Mistake]:
    zones = stack.cluster.zones
    for index, zone in enumerate(zones):
        if zone in zones[:index]:
            yield Mistake(("cluster", "zones", index), f"zone {zone} is named twice", "name each zone once")


def _majorities_have_zones(stack: StackSettings) -> Iterator[Mistake]:
    zones = len(set(stack.cluster.zones))
    voters: list[str] = []
    with suppress(NotReadError):
        if stack.opensearch.managers >= QUORUM:
            voters.append(f"{stack.opensearch.managers} managers")
    with suppress(NotReadError):
        if stack.qdrant is not None and stack.qdrant.nodes >= QUORUM:
            voters.append(f"{stack.qdrant.nodes} nodes of qdrant")
    if voters and zones < QUORUM:
        yield Mistake(
            ("cluster", "zones"),
            f"has {zones} zone{'' if zones == 1 else 's'} for {' and '.join(voters)}: the loss of one zone could take "
            "the majority",
            "name at least 3 zones",
        )


def _prod_refuses_teardown(stack: StackSettings) -> Iterator[Mistake]:
    if stack.environment is Environment.PROD and stack.teardown is not Teardown.REFUSE:
        yield Mistake(("teardown",), f"is {stack.teardown}, but prod must refuse to be torn down", "write refuse")


def _prod_has_a_majority(stack: StackSettings) -> Iterator[Mistake]:
    if stack.environment is Environment.PROD and stack.opensearch.managers == 1:
        yield Mistake(
            ("opensearch", "pools"),
            "prod has one node of the role cluster_manager; it must survive the loss of one",
            "give the role to 3 or 5 nodes",
        )


def _prod_has_data_nodes(stack: StackSettings) -> Iterator[Mistake]:
    if stack.environment is Environment.PROD and 0 < stack.opensearch.data_nodes < QUORUM:
        yield Mistake(
            ("opensearch", "pools"),
            f"prod has {stack.opensearch.data_nodes} nodes of the role data; it needs one in each of three zones",
            "give the role to at least 3 nodes",
        )


def _prod_has_replicas(stack: StackSettings) -> Iterator[Mistake]:
    if stack.environment is Environment.PROD and stack.opensearch.replicas < 1:
        yield Mistake(
            ("opensearch", "replicas"),
            "is 0, but prod must not lose a shard with a node",
            "write at least 1 (2 survives the loss of two nodes)",
        )


STACK_RULES: tuple[Rule, ...] = (
    _cluster_is_named,
    _local_cluster_is_for_dev,
    _zones_are_unique,
    _majorities_have_zones,
    _prod_refuses_teardown,
    _prod_has_a_majority,
    _prod_has_data_nodes,
    _prod_has_replicas,
)
