"""Which programs of the machine are good enough, and which have to be built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from toolchain import toolbox
from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def put(folder: Path, name: str, says: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\n")
    program.chmod(0o755)
    return program


def kubectl_says(version: str) -> str:
    return json.dumps({"clientVersion": {"gitVersion": version}})


@pytest.mark.parametrize("version", ["v1.34.9", "v1.35.0", "v1.36.1-dispatcher"])
def test_a_kubectl_within_one_minor_version_is_used(path: Path, version: str) -> None:
    program = put(path, "kubectl", kubectl_says(version))
    assert toolbox.find("kubectl") == program


@pytest.mark.parametrize("says", [kubectl_says("v1.32.4"), kubectl_says("v1.37.0"), "no JSON", "{}"])
def test_any_other_kubectl_is_not(path: Path, says: str) -> None:
    put(path, "kubectl", says)
    assert toolbox.find("kubectl") is None


@pytest.mark.parametrize("version", ["v3.250.0", "v3.301.2"])
def test_a_fitting_pulumi_is_used_together_with_its_own_host(path: Path, version: str) -> None:
    pulumi, host = put(path, "pulumi", version), put(path, "pulumi-language-python", "")
    assert toolbox.find("pulumi") == pulumi
    assert toolbox.find("pulumi-language-python") == host


@pytest.mark.parametrize("version", ["v3.249.0", "v2.25.0", "v4.0.0", "nonsense"])
def test_a_pulumi_of_another_version_is_not(path: Path, version: str) -> None:
    put(path, "pulumi", version)
    put(path, "pulumi-language-python", "")
    assert toolbox.find("pulumi") is None
    assert toolbox.find("pulumi-language-python") is None


def test_a_pulumi_without_its_python_host_is_not(path: Path) -> None:
    put(path, "pulumi", "v3.250.0")
    assert toolbox.find("pulumi") is None


def test_a_provider_that_the_official_cli_downloaded_is_used(path: Path) -> None:
    folder = path.parent / "home" / ".pulumi" / "plugins" / "resource-kubernetes-v4.25.0"
    folder.mkdir(parents=True)
    provider = put(folder, "pulumi-resource-kubernetes", "")
    assert toolbox.find("pulumi-resource-kubernetes") == provider
    # Pulumi marks a download that did not finish.
    folder.with_name(folder.name + ".partial").touch()
    assert toolbox.find("pulumi-resource-kubernetes") is None


@pytest.mark.usefixtures("path")
def test_a_missing_program_is_told_with_the_command_that_builds_it() -> None:
    with pytest.raises(ToolchainError, match="python3 -m toolchain build --only kwok"):
        toolbox.require("kwok")


@pytest.mark.usefixtures("path")
def test_an_unknown_program_is_told_with_those_there_are() -> None:
    with pytest.raises(ToolchainError, match=r"unknown program kubelet; known are: pulumi, .*etcd"):
        toolbox.provide(["kubelet"])
