"""The report on previews that the engine writes now, so that a newer engine's other form is noticed."""

from __future__ import annotations

import json

import pytest

from tests.harness.cluster import link_packages

pytestmark = pytest.mark.engine

PROGRAM = """
import os

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

step = pulumi.Config().require("step")
# The engine's environment names a kubeconfig that doesn't exist, and the provider takes one or a folder.
del os.environ["KUBECONFIG"]
# Objects are written to a folder: the engine's plans are real, and no cluster is needed.
provider = k8s.Provider("folder", render_yaml_to_directory="rendered")
spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def claim(name, **options):
    metadata = {"name": name, "namespace": "data"}
    k8s.core.v1.PersistentVolumeClaim(
        name, metadata=metadata, spec=spec, opts=ResourceOptions(provider=provider, **options)
    )


days = {"loose": "7d", "unsaid": None}.get(step, "30d")
times = [{"what": "loki.retention", "key": "loki.retention", "time": days, "of": {}}] if days else None
pulumi.ComponentResource("ballast:platform:Platform", "platform", {"keptFor": times})
claim("kept", retain_on_delete=step != "loose")
claim("guarded", protect=step != "loose")
if step != "loose":
    claim("let-go", retain_on_delete=True)
    claim("lost")
if step == "stopped":
    pulumi.export("password", pulumi.Output.secret("the very secret"))
    raise RuntimeError("stopped on purpose")
"""


@pytest.fixture
def previewed(tmp_path, engine_factory):
    """Returns the documents of changes to one stack."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        "name: ballast\nruntime:\n  name: python\n  options:\n    toolchain: uv\n    virtualenv: .venv\n"
    )
    (project / "__main__.py").write_text(PROGRAM)
    link_packages(project)
    engine = engine_factory(project)
    engine.run("stack", "init", "prod", "--secrets-provider", "passphrase")
    engine.run("config", "set", "step", "first", "--stack", "prod")
    engine.run("up", "--yes", "--non-interactive", "--skip-preview", "--stack", "prod")
    documents = {}
    for step, *more in (("first",), ("refreshed", "--refresh"), ("loose",), ("unsaid",), ("stopped",)):
        engine.run("config", "set", "step", step, "--stack", "prod")
        done = engine.run(
            "preview", "--json", "--show-sames", "--non-interactive", "--stack", "prod", *more, check=False
        )
        documents[step] = json.loads(done.stdout)
    return documents


def test_the_engines_previews_are_read_as_they_are_meant(report, previewed):
    # Each preview lists what it counts, also after a refresh.
    for step in ("first", "refreshed"):
        assert "steps are missing" not in report(prod=previewed[step]).out
    plain = report(prod=previewed["first"])
    assert plain.code == 0
    assert "## Preview: no data is lost in `prod`" in plain.out
    assert "Guards of data" not in plain.out

    loose = report(prod=previewed["loose"])
    assert loose.code == 1
    assert loose.losses == [
        "prod: PersistentVolumeClaim data/let-go would be deleted",
        "prod: PersistentVolumeClaim data/lost would be deleted",
    ]
    weakened = loose.section("Guards of data that would be weakened, and data that is gone")
    assert "`data/guarded` would be updated**\n  - `protect` is taken off" in weakened
    assert "`data/kept` would be updated**\n  - `retainOnDelete` is taken off" in weakened

    assert "time `loki.retention` would be made shorter**\n  - loki.retention: 30d -> 7d" in loose.out
    assert "nothing is deleted in `prod`, but how long data was and would" in report(prod=previewed["unsaid"]).out

    stopped = report(prod=previewed["stopped"])
    assert stopped.code == 1
    assert "stopped on purpose" in stopped.out
    assert "the very secret" not in json.dumps(previewed["stopped"]) + stopped.out
