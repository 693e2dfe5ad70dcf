"""`python -m ops.manifest`: the whole program on any stack file, with nothing around it."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import traceback

import pytest
from pulumi import RunError

from components.settings.secrets import SECRETS
from ops.manifest import __main__ as process
from ops.manifest import declared
from ops.manifest.objects import entries
from tests.harness.declare import PROJECT, real_stack

pytestmark = pytest.mark.programs


def run(*arguments, **environment):
    """Run the process with nothing of this machine but its interpreter: no PATH, no home, no kubeconfig."""
    command = [sys.executable, "-m", "ops.manifest", *map(str, arguments)]
    nothing = {"HOME": "/nonexistent", **environment}
    return subprocess.run(command, cwd=PROJECT, env=nothing, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A copy of development's stack file under another name."""
    return shutil.copy(PROJECT / "Pulumi.dev.yaml", tmp_path / "merged.yaml")


@pytest.fixture
def refused(capsys):
    """Runs the process on something that it refuses, here; returns what it says."""

    def call(*arguments):
        code = process.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert (code, printed.out) == (1, "")
        assert printed.err.startswith("error: ")
        assert "Traceback" not in printed.err
        return printed.err

    yield call
    # What Pulumi leaves waiting formats tracebacks when it is collected; in the midst of an `ast.parse` of pytest's own
    # Python 3.11 can't stand that.
    gc.collect()


def test_it_prints_what_the_program_declares_for_a_copy_under_another_name(copy):
    """Twice the same, whatever the order of sets, the language or the hour."""
    first = run(copy, "--stack", "dev", "--inputs", PYTHONHASHSEED="1")
    assert (first.returncode, first.stderr) == (0, "")
    found = json.loads(first.stdout)
    assert found == entries(real_stack("dev").resources, inputs=True)
    assert [entry["urn"] for entry in found] == sorted(entry["urn"] for entry in found)
    second = run(copy, "--stack", "dev", "--inputs", PYTHONHASHSEED="2", LANG="tr_TR.UTF-8", TZ="Asia/Kathmandu")
    assert second.stdout == first.stdout


def test_no_secret_is_printed_with_the_inputs():
    printed = json.dumps(entries(real_stack("prod").resources, inputs=True))
    assert printed.count("[secret]") >= len(SECRETS)
    assert [key for key in SECRETS if f"value of {key}" in printed] == []


def test_every_mistake_of_a_file_is_told_in_one_report(copy, refused):
    copy.write_text(re.sub(r"storageClass: .*", "storageClas: x", copy.read_text()).replace("nodes: 1 ", "nodes: 2 "))
    said = refused(copy, "--stack", "dev")
    assert "mistakes" in said
    assert "storageClas" in said
    assert "nodes" in said


def test_a_file_whose_name_does_not_tell_its_stack_needs_to_be_told(copy, refused):
    assert "is not the name of a stack file" in refused(copy)


def test_a_file_that_is_not_there_is_refused(tmp_path, refused):
    assert "there is no such file" in refused(tmp_path / "Pulumi.dev.yaml")


def test_what_the_program_refuses_is_told_in_its_words(refused):
    said = refused(PROJECT / "Pulumi.prod.yaml", "--identity", "22222222-2222-4333-8444-555555555555")
    assert "names cluster" in said
    assert said.count("\n") == 1


def test_nothing_is_collected_while_the_program_is_refused(refused):
    """Or Python 3.11 fails in the midst of Pulumi's tracebacks, now and then."""
    collected = []
    gc.callbacks.append(lambda phase, _: collected.append(phase) if in_the_program() else None)
    try:
        refused(PROJECT / "Pulumi.prod.yaml", "--identity", "22222222-2222-4333-8444-555555555555")
    finally:
        gc.callbacks.pop()
    assert collected == []
    assert gc.isenabled()


def in_the_program():
    """Whether the caller runs inside of Pulumi's event loop."""
    return any(frame.name == "run_until_complete" for frame in traceback.extract_stack())


def test_a_fault_of_the_program_is_told_with_its_place(monkeypatch, refused):
    def build(*_, **__):
        raise KeyError("disk")

    monkeypatch.setattr("components.platform.Platform.__init__", build)
    said = refused(PROJECT / "Pulumi.dev.yaml")
    assert said == "error: Pulumi.dev.yaml: the program fails on it: KeyError: 'disk'\n"


def test_the_place_of_a_fault_is_the_innermost_line_of_the_components(monkeypatch, refused):
    monkeypatch.setattr("components.foundation.provider.ResourceOptions", None)
    said = refused(PROJECT / "Pulumi.dev.yaml")
    assert re.search(r"components/foundation/provider\.py:\d+: TypeError", said)


def test_two_resources_of_one_name_are_refused_as_the_engine_would(monkeypatch):
    first, *_ = real_stack("dev").resources
    monkeypatch.setattr(declared, "declare", lambda *_, **__: declared.Recording(resources=[first, first]))
    with pytest.raises(RunError, match="declared twice"):
        declared.declare_stack(process.read_stack(PROJECT / "Pulumi.dev.yaml", SECRETS), "dev")


def test_a_broken_file_is_told_before_the_seconds_that_the_sdk_takes(copy):
    copy.write_text("config: [")
    watched = [sys.executable, "-X", "importtime", "-m", "ops.manifest", str(copy), "--stack", "dev"]
    said = subprocess.run(watched, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "is not valid YAML" in said.stderr
    assert "pulumi" not in re.sub(r"Pulumi\.", "", said.stderr)
