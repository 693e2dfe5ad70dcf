"""`./ballast check` without a file, `schema` and `settings`: what a person at a checkout types first."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from ops.__main__ import main
from ops.settings.generated import SCHEMA, TABLE, write_all
from tests.harness.command import ballast

from .conftest import PROJECT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the three stack files, in which commands run."""
    for file in PROJECT.glob("Pulumi.*.yaml"):
        shutil.copyfile(file, tmp_path / file.name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ran(capsys):
    """Runs a command; returns its exit code and what it printed."""

    def call(*arguments):
        try:
            code = main(list(arguments))
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr()

    return call


@pytest.mark.usefixtures("folder")
def test_without_a_file_all_are_judged_in_the_order_in_which_values_travel(ran):
    code, printed = ran("check")
    assert (code, printed.err) == (0, "")
    dev, staging, prod = printed.out.splitlines()
    assert dev == "Pulumi.dev.yaml: ok"
    assert staging.startswith("Pulumi.staging.yaml: ok; secrets that are not set: 10 (")
    assert prod.endswith("15 (./ballast check Pulumi.prod.yaml names them)")


@pytest.mark.usefixtures("folder")
def test_the_number_of_secrets_is_the_one_that_the_named_file_is_refused_for(ran):
    code, printed = ran("check", "Pulumi.prod.yaml")
    assert code == 1
    assert printed.err.startswith("Pulumi.prod.yaml: 15 mistakes\n")


@pytest.mark.usefixtures("folder")
def test_secrets_that_nobody_asks_for_are_not_counted(ran):
    code, printed = ran("check", "--without-secrets")
    assert (code, printed.out) == (0, "".join(f"Pulumi.{name}.yaml: ok\n" for name in ("dev", "staging", "prod")))


@pytest.mark.parametrize(
    ("stack", "old", "new", "key"),
    [
        ("staging", "bucket: acme-staging-logs", "bucket: acme-prod-old-logs", "loki.s3.bucket"),
        (
            "prod",
            "context: acme-prod",
            "context: arn:aws:eks:eu-central-1:111122223333:cluster/staging",
            "cluster.context",
        ),
        ("prod", "role/acme-prod-logs", "role/acme-dev-logs", "loki.s3.roleArn"),
    ],
)
def test_what_is_another_environments_by_its_name_is_refused(folder, ran, stack, old, new, key):
    file = folder / f"Pulumi.{stack}.yaml"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    code, printed = ran("check", "--without-secrets")
    assert code == 1
    assert f"Pulumi.{stack}.yaml: 1 mistake" in printed.err
    assert f"ballast:{key}" in printed.err
    assert f"-> write that of {stack}" in printed.err


def test_a_broken_file_fails_and_the_others_are_judged_too(folder, ran):
    file = folder / "Pulumi.staging.yaml"
    file.write_text(file.read_text().replace("storageClass:", "storage_class:"))
    code, printed = ran("check")
    assert code == 1
    assert [line.split(":")[0] for line in printed.out.splitlines()] == ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]
    assert printed.err.startswith("Pulumi.staging.yaml: 1 mistake\n")
    assert "did you mean `storageClass`" in printed.err


def test_a_folder_without_stack_files_is_refused(tmp_path, monkeypatch, ran):
    monkeypatch.chdir(tmp_path)
    code, printed = ran("check")
    assert (code, printed.out) == (1, "")
    assert printed.err == f"error: {tmp_path} has no file Pulumi.<stack>.yaml. Name the files, or go where they are.\n"


@pytest.mark.usefixtures("folder")
def test_all_files_cannot_have_one_past(ran):
    code, printed = ran("check", "--since", "Pulumi.dev.yaml")
    assert code == 2
    assert "--since compares one FILE" in printed.err


def test_the_schema_and_the_table_are_printed_as_they_are_kept(ran):
    assert json.loads(ran("schema")[1].out) == json.loads((PROJECT / SCHEMA).read_text())
    assert ran("settings")[1].out == (PROJECT / TABLE).read_text()


def test_what_is_written_is_said(tmp_path, capsys):
    write_all(tmp_path)
    assert capsys.readouterr().out == f"{SCHEMA}: written\n{TABLE}: written\n"
    assert [(tmp_path / path).read_text() for path in (SCHEMA, TABLE)] == [
        (PROJECT / path).read_text() for path in (SCHEMA, TABLE)
    ]


@pytest.mark.programs
def test_the_shell_gets_what_the_function_returns(tmp_path):
    """Other tests call `main` in their own process."""
    command = [sys.executable, "-m", "ops", "check", str(tmp_path / "Pulumi.dev.yaml"), str(PROJECT / "no.yaml")]
    typed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    called = ballast(*command[3:])
    assert (typed.returncode, typed.stdout, typed.stderr) == (1, called.stdout, called.stderr)
    assert "no such file" in typed.stderr
