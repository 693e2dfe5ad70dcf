"""A kubeconfig is looked at before any provider is, and each mistake in it has its own sentence."""

from __future__ import annotations

import socket

import pytest
import yaml
from pulumi import RunError

from components.foundation.kubeconfig import named_kubeconfig
from tests.harness.declare import IDENTITY, stack_settings


@pytest.fixture
def server():
    """A port on loopback at which something listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def named(path, *, identity="local", context=None):
    settings = stack_settings("dev").cluster.model_copy(
        update={"kubeconfig": str(path), "identity": identity, "context": context}
    )
    return named_kubeconfig(settings, "Pulumi.dev.yaml")


def write(path, server):
    content = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "one", "user": "me"}}],
        "clusters": [{"name": "one", "cluster": {"server": server}}],
    }
    path.write_text(yaml.safe_dump(content))
    return path


def test_the_named_file_and_its_current_context_are_used(tmp_path, server):
    assert named(write(tmp_path / "config", server)).server == server


def test_an_ambient_kubeconfig_is_never_looked_at(tmp_path, server, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "ambient", server)))
    with pytest.raises(RunError, match=r"ballast:cluster\.kubeconfig: .*missing can't be read .* make up"):
        named(tmp_path / "missing")


def test_a_context_that_the_file_lacks_is_named(tmp_path, server):
    with pytest.raises(RunError, match="no cluster for the context elsewhere"):
        named(write(tmp_path / "config", server), context="elsewhere")


def test_a_file_that_is_no_kubeconfig_is_refused(tmp_path):
    broken = tmp_path / "config"
    broken.write_text("a: [")
    with pytest.raises(RunError, match="no cluster for the context"):
        named(broken)


def test_a_cluster_that_does_not_answer_is_said_so_without_advice_to_forget_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(RunError, match=f"no cluster answers at 127.0.0.1:{port}") as refused:
        named(write(tmp_path / "config", f"https://127.0.0.1:{port}"))
    assert "Nothing was changed" in str(refused.value)


def test_a_cluster_elsewhere_can_not_be_called_local(tmp_path):
    with pytest.raises(RunError, match=r"leads to prod\.example"):
        named(write(tmp_path / "config", "https://prod.example:6443"))


def test_a_named_cluster_behind_a_proxy_is_left_to_the_provider(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert named(write(tmp_path / "config", "https://prod.example:6443"), identity=IDENTITY).server
