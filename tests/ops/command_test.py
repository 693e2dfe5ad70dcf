"""The command as a whole: it starts quickly, from anywhere, and its jobs are those that the program declares."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from components.foundation.labels import Workload, selector
from components.settings.stores import STORE_KINDS
from tests.harness.declare import PROJECT, real_stack, stack_settings
from tests.harness.told import rendered

PROBE = """
import sys
from ops.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(sorted(name for name in sys.modules if name.split(".")[0] in ("pulumi", "pulumi_kubernetes", "pydantic")))
"""


def modules(*arguments, folder):
    """Return which heavy modules a command has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def test_help_loads_no_model_of_a_stack_file_and_no_provider(tmp_path):
    assert modules("--help", folder=tmp_path) == "[]"


def test_no_command_loads_a_provider(kubectl, templates, project):
    templates("opensearch-snapshots", "opensearch")
    kubectl.answers("configmap")
    assert "pulumi" not in modules("drain", "prod", "opensearch", folder=project)
    assert "pulumi" not in modules("snapshots", "prod", "opensearch", folder=project)
    assert "pydantic" in modules("snapshot", "prod", "opensearch", folder=project)


def test_judging_stack_files_loads_no_provider(project):
    for command in (("check",), ("schema",), ("settings",)):
        assert "pydantic" in modules(*command, folder=project)
        assert "pulumi" not in modules(*command, folder=project)


def test_the_launcher_runs_in_its_own_folder_from_anywhere_and_by_a_link(tmp_path):
    (tmp_path / "ballast").symlink_to(PROJECT / "ballast")
    done = subprocess.run(
        ["./ballast", "snapshot", "qa", "opensearch"],
        cwd=tmp_path,
        env={**os.environ, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"looked for {PROJECT / 'Pulumi.qa.yaml'}" in done.stderr


def test_without_packages_the_launcher_names_the_command_that_installs_them(tmp_path):
    shutil.copy(PROJECT / "ballast", tmp_path)
    done = subprocess.run(
        [tmp_path / "ballast", "--help"],
        env={**os.environ, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path}/.venv is missing; python3 -m toolchain packages makes it\n"


@pytest.mark.parametrize(
    ("namespace", "prefix", "actions"),
    [
        ("opensearch", "opensearch", ("drain", "restore", "snapshots")),
        ("qdrant", "qdrant", ("drain", "restore", "snapshots")),
        ("databases", "chroma", ("restore", "snapshots")),
        ("databases", "volume-knowledge", ("restore", "snapshots")),
    ],
)
def test_every_template_and_every_record_that_a_command_names_is_declared(namespace, prefix, actions):
    declared = real_stack("dev").of_kind("CronJob")
    names = {(one.namespace, one.object_name) for one in declared}
    assert {(namespace, f"{prefix}-{action}") for action in actions} <= names
    config = rendered(real_stack("dev"), f"{prefix}-snapshots")
    assert config.get("snapshots", config)["record"] == f"{prefix}-snapshots"


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("kind", [kind for kind in STORE_KINDS if kind.nodes], ids=lambda kind: kind.word)
def test_a_drain_looks_at_exactly_the_nodes_that_are_declared(stack, kind):
    settings = stack_settings(stack)
    (store,) = kind.stores(settings)
    labels = selector(Workload(kind.nodes.workload, kind.namespace)).items()
    declared = {
        one.object_name: one.inputs["spec"]["replicas"]
        for one in real_stack(stack).of_kind("StatefulSet")
        if one.namespace == str(kind.namespace) and labels <= one.inputs["metadata"]["labels"].items()
    }
    assert declared == kind.nodes.sets(store.settings, settings.cluster.zones)


def test_a_drain_is_told_which_annotations_count_which_nodes():
    assert rendered(real_stack("dev"), "opensearch-drain")["recordedNodes"] == {
        f"opensearch-all-local-{zone}": f"nodes.ballast/opensearch-all-local-{zone}" for zone in "abc"
    }
    assert rendered(real_stack("dev"), "qdrant-drain")["recordedNodes"] == {"qdrant": "nodes.ballast/qdrant"}
