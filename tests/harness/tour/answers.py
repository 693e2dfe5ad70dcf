"""A real Prometheus that holds the series of the pictures, and answers the queries of panels."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.harness.tour.series import END, exposition
from tests.live.programs import Process
from tests.observability.catalogue.judge import plain
from toolchain import ports, toolbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEP = 480
SPAN = 45 * STEP
"""Six hours, in 46 points."""

_LABEL = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Line:
    """A series as it is drawn.

    Attributes:
        name: in the legend.
        values: at each step, None where there is none; one value of a query that asks for now.
    """

    name: str
    values: list[float | None]


@dataclass(frozen=True)
class Answers:
    """Asks a Prometheus.

    Attributes:
        url: where it listens.
    """

    url: str

    def lines(self, panel: dict[str, Any]) -> list[Line]:
        """Return what the queries of a panel find."""
        found = []
        for target in panel["targets"]:
            is_now = bool(target.get("instant"))
            for one in self._ask(plain(target["expr"]), is_now=is_now):
                legend = target.get("legendFormat", "")
                labels = {f"{{{{{label}}}}}": one["metric"].get(label, "") for label in _LABEL.findall(legend)}
                name = (
                    "" if legend == "__auto" else functools.reduce(lambda a, b: a.replace(*b), labels.items(), legend)
                )
                samples = {int(at): float(value) for at, value in ([one["value"]] if is_now else one["values"])}
                times = [END] if is_now else range(END - SPAN, END + 1, STEP)
                found.append(Line(name, [samples.get(at) for at in times]))
        return found

    def _ask(self, query: str, *, is_now: bool) -> list[dict[str, Any]]:
        when = {"time": END} if is_now else {"start": END - SPAN, "end": END, "step": STEP}
        path = "query" if is_now else "query_range"
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode({'query': query, **when})}"
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - an address on loopback
            return json.loads(answer.read())["data"]["result"]


@contextmanager
def answering(folder: Path) -> Iterator[Answers]:
    """Run Prometheus over the series while the context lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "series.txt").write_text(exposition())
    (folder / "prometheus.yaml").write_text("{}")
    made = [
        str(toolbox.require("promtool")),
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        "series.txt",
        "data",
    ]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    (port,) = ports.pick(1)
    command = [str(toolbox.require("prometheus")), f"--config.file={folder}/prometheus.yaml"]
    command += [f"--storage.tsdb.path={folder}/data", "--storage.tsdb.retention.time=100y"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    with Process(command, folder / "log", f"http://127.0.0.1:{port}/-/ready"):
        yield Answers(f"http://127.0.0.1:{port}")
