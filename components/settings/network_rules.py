"""Rules of every key that names networks."""

import ipaddress
from collections.abc import Iterator

from components.settings.cluster import LOCAL
from components.settings.fields import values
from components.settings.networks import are_wide, is_wide
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


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


def _clusters_own_namespaces_hold_no_applications(stack: StackSettings) -> Iterator[Mistake]:
    for given in values(stack):
        opened = given.value if given.field.name == "open_to" and isinstance(given.value, tuple) else ()
        for index, namespace in enumerate(opened):
            if namespace.startswith("kube-"):
                problem = f"is {namespace}, which holds programs of the cluster itself and no application"
                yield Mistake((*given.path, index), problem, "write the namespace of an application")


NETWORK_RULES: tuple[Rule, ...] = (
    _wide_networks_have_a_reason,
    _networks_are_no_wide_one_together,
    _loopback_is_local,
    _clusters_own_namespaces_hold_no_applications,
)
