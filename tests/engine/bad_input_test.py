"""Each mistake: one clear message, exit code not 0, no traceback, nothing changed."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.harness.cluster import copy_project
from tests.harness.declare import PROJECT
from tests.harness.hasty_engine import HastyEngine
from tests.harness.project import Stack, secret_value
from toolchain.cluster import Cluster

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def dev(stacks):
    """Development, never brought up."""
    return stacks("dev")


@pytest.fixture
def refused(dev, local_cluster):
    """Previews a changed stack file and returns what was said, having checked that it was a refusal."""
    original = dev.file.read_text()

    def refuse(pattern, replacement):
        changed, count = re.subn(pattern, replacement, original, flags=re.MULTILINE)
        assert count == 1, f"{pattern!r} stands {count} times in the stack file"
        dev.file.write_text(changed)
        namespaces = local_cluster.kubectl("get", "namespaces", "-o", "name").stdout
        result = dev.pulumi("up", "--yes", "--non-interactive", "--skip-preview", check=False)
        assert result.returncode != 0
        assert local_cluster.kubectl("get", "namespaces", "-o", "name").stdout == namespaces
        return result.stdout + result.stderr

    yield refuse
    dev.file.write_text(original)


def test_an_unknown_key_is_named_with_the_one_that_was_meant(refused):
    said = refused(r"^    replicas: 0", "    replica: 0")
    assert "Pulumi.dev.yaml" in said
    assert "ballast:opensearch.replica" in said
    assert "did you mean replicas" in said.lower().replace("`", "").replace('"', "").replace("'", "")


def test_a_cluster_that_does_not_answer_is_refused(refused, tmp_path, local_cluster):
    dead = tmp_path / "kubeconfig"
    dead.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", local_cluster.kubeconfig.read_text()))
    said = refused(r"^(\s+kubeconfig:).*$", rf"\1 {dead}")
    assert "no cluster answers at 127.0.0.1:1" in said
    assert "DELETE_UNREACHABLE" not in said


def test_a_kubeconfig_that_is_not_there_is_refused_with_the_way_to_make_one(refused, tmp_path):
    said = refused(r"^(\s+kubeconfig:).*$", rf"\1 {tmp_path / 'missing'}")
    assert "ballast:cluster.kubeconfig" in said
    assert "make up" in said


def test_a_cluster_of_another_identity_is_refused(refused):
    # Loopback is for the local cluster alone, and would be refused before anybody asked which cluster it is.
    networks = r"^(\s+identity:).*\n(\s+nodeCidrs:).*\n((?:.*\n){4}\s+cidrs:).*$"
    said = refused(networks, r"\1 00000000-0000-4000-8000-00000000dead\n\2 [10.0.0.0/28]\n\3 [10.1.0.1/32]")
    assert "identity" in said


def test_a_secret_that_is_missing_is_refused_with_the_command_that_sets_it(dev):
    dev.pulumi("config", "rm", "ballast:opensearchMetricsPassword")
    result = dev.pulumi("preview", "--non-interactive", check=False)
    dev.pulumi("config", "set", "--secret", "ballast:opensearchMetricsPassword", secret_value("again"))
    assert result.returncode != 0
    assert "pulumi config set --secret ballast:opensearchMetricsPassword" in result.stdout + result.stderr


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(dev, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "not the passphrase")
    result = dev.pulumi("preview", "--non-interactive", check=False)
    assert result.returncode != 0
    assert "incorrect passphrase" in result.stdout + result.stderr


def test_broken_yaml_is_refused_by_the_engine_and_named_by_the_check_that_runs_before_it(dev):
    original = dev.file.read_text()
    dev.file.write_text(original + "\nconfig: [\n")
    result = dev.pulumi("preview", "--non-interactive", check=False)
    command = [str(PROJECT / "ballast"), "check", str(dev.file)]
    checked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    dev.file.write_text(original)
    assert result.returncode != 0
    assert "invalid YAML" in result.stdout + result.stderr
    assert checked.returncode != 0
    assert "Pulumi.dev.yaml" in checked.stdout + checked.stderr
    assert "Traceback" not in checked.stdout + checked.stderr


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A stack on a cluster of its own, from which definitions are taken away."""
    folder = tmp_path_factory.mktemp("bare")
    cluster = Cluster(folder / "cluster")
    cluster.start()
    project = copy_project(folder / "project")
    try:
        yield Stack("dev", project, HastyEngine(folder / "engine", project), cluster).create()
    finally:
        cluster.delete()


@pytest.mark.parametrize(
    ("group", "named"),
    [
        ("cert-manager.io", "cert-manager (install it first)"),
        ("monitoring.coreos.com", "definitions of the Prometheus Operator (install them first)"),
    ],
)
def test_a_cluster_without_the_definitions_that_are_needed_is_refused_before_anything_is_made(bare, group, named):
    definitions = bare.cluster.kubectl("get", "customresourcedefinitions", "-o", "name").stdout.split()
    bare.cluster.kubectl("delete", *(name for name in definitions if name.endswith(group)))
    result = bare.pulumi("up", "--yes", "--non-interactive", "--skip-preview", check=False)
    assert result.returncode != 0
    said = result.stdout + result.stderr
    assert f"v1.{group}" in said
    assert named in said
    assert "opensearch" not in bare.cluster.kubectl("get", "namespaces", "-o", "name").stdout
