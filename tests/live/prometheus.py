"""Prometheus on loopback, with the file and the command line that the real operator makes of the program's objects."""

from __future__ import annotations

import copy
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.live.programs import Process, program
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.harness.operated import Generated

CLUSTER_ONLY = ("--config.file=", "--storage.tsdb.path=", "--web.config.file=")
"""What the command line says of folders that are mounted in a cluster."""


@dataclass(frozen=True)
class Replica:
    """One Prometheus.

    Attributes:
        process: not started yet.
        url: where it will listen.
    """

    process: Process
    url: str

    def query(self, promql: str) -> list[dict[str, Any]]:
        """Return what an instant query finds: label sets, each with its value."""
        address = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': promql})}"
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - an address on loopback
            return json.loads(answer.read())["data"]["result"]


def replica(
    number: int, generated: Generated, folder: Path, rules: Mapping[str, str], targets: Mapping[str, int], alerting: int
) -> Replica:
    """Return a replica that watches programs on loopback.

    Args:
        number: of the pod that it stands for.
        generated: what the operator made.
        folder: for its data.
        rules: rule files by name.
        targets: ports by the name of a monitor; what has none isn't here.
        alerting: port of Alertmanager.
    """
    folder.mkdir(parents=True)
    for name, text in rules.items():
        (folder / name).write_text(text)
    made = copy.deepcopy(generated.configuration)
    made["rule_files"] = [str(folder / name) for name in rules]
    (manager,) = made["alerting"]["alertmanagers"]
    made["alerting"]["alertmanagers"] = [_static(manager, alerting)]
    made["scrape_configs"] = [
        _static(job, targets[name])
        for job in made["scrape_configs"]
        if (name := job["job_name"].split("/")[-2] if "/" in job["job_name"] else "") in targets
    ]
    assert len(made["scrape_configs"]) == len(targets)
    # What the reloader puts in place of its variables.
    text = yaml.safe_dump(made).replace("$(POD_NAME)", f"prometheus-metrics-{number}")
    (folder / "prometheus.yaml").write_text(text)
    (port,) = ports.pick(1)
    arguments = [argument for argument in generated.arguments if not argument.startswith(CLUSTER_ONLY)]
    here = [f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data"]
    command = [program("prometheus"), *arguments, *here, f"--web.listen-address=127.0.0.1:{port}"]
    return Replica(Process(command, folder, f"http://127.0.0.1:{port}/-/ready"), f"http://127.0.0.1:{port}")


def _static(found: dict[str, Any], port: int) -> dict[str, Any]:
    """A list of one address in place of the search in a cluster, whose labels the relabelling would read."""
    kept = {key: value for key, value in found.items() if key not in ("kubernetes_sd_configs", "relabel_configs")}
    return {**kept, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
