"""The little that the toolchain reads out of a stack file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from toolchain import stack_file
from toolchain.errors import ToolchainError

PYTHON = Path(sys.executable)


def write(folder: Path, text: str) -> Path:
    path = folder / "Pulumi.dev.yaml"
    path.write_text(text)
    return path


def test_only_the_identity_local_makes_a_stack_local(tmp_path: Path) -> None:
    text = "config:\n  ballast:cluster: {{identity: {}, zones: [a, b]}}\n"
    local = stack_file.read(write(tmp_path, text.format("local")), PYTHON)
    named = stack_file.read(write(tmp_path, text.format("0d7c-11")), PYTHON)
    assert local.is_local
    assert local.zones == ("a", "b")
    assert not named.is_local


@pytest.mark.parametrize("text", ["config: {}", "config: [", "config: {ballast:cluster: {zones: [a]}}", ""])
def test_a_file_that_names_no_cluster_touches_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(ToolchainError, match="without them no cluster is touched"):
        stack_file.read(write(tmp_path, text), PYTHON)


def test_an_unknown_stack_is_told_with_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, "")
    with pytest.raises(ToolchainError, match=r"no Pulumi\.qa\.yaml.*the stacks are: dev"):
        stack_file.stack_path(tmp_path, "qa")
