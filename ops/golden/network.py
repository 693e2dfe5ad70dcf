"""Rules of a NetworkPolicy, one line per peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.golden.lines import flow

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE = "kubernetes.io/metadata.name"


def rules(spec: dict[str, Any]) -> Iterator[str]:
    """Yield what the selected pods may do, one line per peer. A rule without peers is open to everybody."""
    pods = _selector(spec.get("podSelector"))
    types = spec.get("policyTypes", [])
    for kind, word, end in (("Ingress", "from", "from"), ("Egress", "to", "to")):
        found = spec.get(kind.lower())
        if kind in types and not found:
            yield f"{kind} of {pods}: none"
        for rule in found or []:
            ports = ", ".join(_port(port) for port in rule["ports"]) if rule.get("ports") else "every port"
            for peer in rule.get(end) or [None]:
                yield f"{kind} of {pods} {word} {'everybody' if peer is None else _peer(peer)}: {ports}"
    if sorted(types) != [kind for kind in ("Egress", "Ingress") if kind.lower() in spec]:
        yield f"types: {flow(types)}"


def _peer(peer: dict[str, Any]) -> str:
    if set(peer) == {"ipBlock"} and set(peer["ipBlock"]) == {"cidr"}:
        return peer["ipBlock"]["cidr"]
    if not set(peer) <= {"namespaceSelector", "podSelector"}:
        return flow(peer)
    where = (
        _selector(peer["namespaceSelector"]).removeprefix(f"{NAMESPACE}=") if "namespaceSelector" in peer else "here"
    )
    return f"{where} / {_selector(peer.get('podSelector'))}"


def _selector(selector: dict[str, Any] | None) -> str:
    if not selector:
        return "all"
    if set(selector) == {"matchLabels"}:
        return " ".join(f"{key}={value}" for key, value in sorted(selector["matchLabels"].items()))
    return flow(selector)


def _port(port: dict[str, Any]) -> str:
    if set(port) == {"port", "protocol"}:
        return f"{port['protocol']} {port['port']}"
    return flow(port)
