"""Rules of every key that names networks."""

import ipaddress
from collections.abc import Iterator

from components.settings.bucket import BucketSettings
from components.settings.cluster import LOCAL
from components.settings.fields import values
from components.settings.networks import are_wide, is_wide
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.stores import STORE_KINDS
from components.settings.telemetry_namespaces import NAMESPACE as OBSERVABILITY
from components.settings.telemetry_namespaces import NODE_AGENTS


def _networks(stack: StackSettings) -> Iterator[tuple[KeyPath, str]]:
    """Every network below a key of this kind."""
    for given in values(stack):
        if given.field.name.endswith("cidrs") and isinstance(given.value, tuple):
            for index, cidr in enumerate(given.value):
                yield (*given.path, index), cidr


def _wide_networks_have_a_reason(stack: StackSettings) -> Iterator[Mistake]:
    reasons = {allowed.cidr for allowed in stack.wide_networks.values()}
    for path, cidr in _networks(stack):
        if is_wide(cidr) and cidr not in reasons:
            yield Mistake(
                path,
                f"is {cidr}, which holds more than any one party owns, so that a way would lead nearly everywhere",
                f'name what is meant, or add wideNetworks: {{NAME: {{cidr: "{cidr}", reason: ...}}}}',
            )


def _reasons_are_of_wide_networks(stack: StackSettings) -> Iterator[Mistake]:
    for name, allowed in stack.wide_networks.items():
        if not is_wide(allowed.cidr):
            problem = f"is {allowed.cidr}, which is not wide and needs no reason"
            yield Mistake(("wideNetworks", name, "cidr"), problem, "leave the entry out")


def _networks_are_no_wide_one_together(stack: StackSettings) -> Iterator[Mistake]:
    reasons = {allowed.cidr for allowed in stack.wide_networks.values()}
    for given in values(stack):
        if given.field.name.endswith("cidrs") and isinstance(given.value, tuple):
            cidrs = [cidr for cidr in given.value if cidr not in reasons]
            if are_wide(cidrs) and not any(map(is_wide, cidrs)):
                problem = "hold together more than any one party owns, so that a way would lead nearly everywhere"
                yield Mistake(
                    given.path, problem, "name what is meant, or one wide network with its reason in wideNetworks"
                )


def _loopback_is_local(stack: StackSettings) -> Iterator[Mistake]:
    if stack.cluster.identity == LOCAL:
        return
    for path, cidr in _networks(stack):
        if ipaddress.ip_network(cidr).is_loopback:
            problem = f"is {cidr}, where each pod finds itself; only the local cluster of dev lives there"
            yield Mistake(path, problem, "write for example 10.0.0.0/28")


def _ways_lead_to_namespaces_of_others(stack: StackSettings) -> Iterator[Mistake]:
    own = {name.bare for name in (*(kind.namespace for kind in STORE_KINDS), OBSERVABILITY, NODE_AGENTS)}
    own |= {f"{stack.namespace_prefix}{name}" for name in own}
    for path, namespace, meant in _opened(stack):
        whose = None
        if namespace.startswith("kube-"):
            whose = "holds programs of the cluster itself"
        elif namespace == "default":
            whose = "holds whatever was put nowhere on purpose"
        elif namespace in own:
            whose = "is the platform's own"
        if whose is not None:
            yield Mistake(path, f"is {namespace}, which {whose} and no {meant}", f"write the namespace of {meant}s")


def _opened(stack: StackSettings) -> Iterator[tuple[KeyPath, str, str]]:
    """Every namespace to which a way is opened, its place and what it is to hold."""
    for given in values(stack):
        if given.field.name == "open_to" and isinstance(given.value, tuple):
            for index, namespace in enumerate(given.value):
                yield (*given.path, index), namespace, "application"
        elif given.field.name == "namespace" and issubclass(given.field.model, BucketSettings):
            yield given.path, str(given.value), "object storage"


NETWORK_RULES: tuple[Rule, ...] = (
    _wide_networks_have_a_reason,
    _reasons_are_of_wide_networks,
    _networks_are_no_wide_one_together,
    _loopback_is_local,
    _ways_lead_to_namespaces_of_others,
)
