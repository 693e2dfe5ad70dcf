"""The picture of connections, drawn from what the program declares: `python -m tests.harness.picture` refreshes it."""

from __future__ import annotations

import re

from tests.harness.declare import PROJECT, declare_stack, stack_settings

FILE = PROJECT / "docs" / "connections.md"
REFRESH = ".venv/bin/python -m tests.harness.picture"


def paths() -> list[tuple[str, str, str]]:
    """Return client, server and port of every connection of production."""
    recording = declare_stack(stack_settings("prod"))
    said = [
        recording.outputs[resource.urn]["path"]
        for resource in recording.resources
        if resource.type == "ballast:foundation:Connection"
    ]
    matches = [re.fullmatch(r"(\S+) -> (\S+): (.+)", path) for path in said]
    return sorted(match.groups() for match in matches if match)  # type: ignore[misc]


def picture() -> str:
    """Return the page."""
    lines = [f"    {client} -->|{port}| {server}" for client, server, port in paths()]
    return "\n".join(
        [
            "# Who may talk to whom (production)",
            "",
            f"Generated from `components/platform.py` (`{REFRESH}`).",
            "Every namespace denies all traffic; each arrow is a `Connection`, which opens egress at its tail",
            "and ingress at its head. Every pod may resolve names.",
            "",
            "```mermaid",
            "flowchart LR",
            *lines,
            "```",
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
