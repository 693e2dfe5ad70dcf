"""The picture of connections in docs/architecture.md, drawn from what the program declares."""

from __future__ import annotations

import re

from tests.harness.declare import PROJECT, real_stack
from tests.harness.marked import exchanged

PAGE = PROJECT / "docs" / "architecture.md"
REFRESH = ".venv/bin/python -m tests.harness.picture"


def paths() -> list[tuple[str, str, str]]:
    """Return client, server and port of every connection of production."""
    recording = real_stack("prod")
    said = recording.outputs[recording.one("NetworkPolicies", "network-policies").urn]["paths"]
    found = []
    for path in said:
        matched = re.fullmatch(r"(\S+) -> (\S+): (.+)", path)
        assert matched, f"a connection calls itself {path!r}"
        found.append((matched[1], matched[2], matched[3]))
    return sorted(found)


def asks(client: str, server: str) -> bool:
    """Whether a connection only brings metrics to Prometheus: it comes to everything, and would hide all else."""
    return client == "prometheus" and server not in ("kubernetes-api", "alertmanager")


def redrawn(text: str) -> str:
    """Return the page with the picture as it must be."""
    arrows = [f'    {client} -->|"{port}"| {server}' for client, server, port in paths() if not asks(client, server)]
    return exchanged(text, REFRESH, "\n".join(["```mermaid", "flowchart LR", *arrows, "```"]))


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
