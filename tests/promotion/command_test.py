"""The commands as people and machines meet them: exit codes, usage, JSON, bad input, and how quickly they start."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.harness.command import ballast as in_this_process
from tests.harness.declare import PROJECT

ENVIRONMENTS = ("dev", "prod", "staging")

PROBE = """
import sys
from ops.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(sorted({name.split(".")[0] for name in sys.modules} & {"pulumi", "pulumi_kubernetes", "pulumi_aws", "grpc"}))
"""


@pytest.mark.programs
@pytest.mark.parametrize("command", [["promote", "dev", "staging"], ["promote", "dev", "staging", "--check"],
                                     ["promote", "dev", "staging", "--json"], ["compare", "dev", "prod"]])  # fmt: skip
def test_no_provider_sdk_is_loaded(stage, command):
    stage.deploy("dev")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *command, "--project", str(stage.folder)],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "class" in done.stdout or "nothing to promote" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_tells_pending_broken_and_nothing_apart_and_asks_nobody(stage, ballast):
    assert ballast("promote", "dev", "staging", "--check").code == 0
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    pending = ballast("promote", "dev", "staging", "--check")
    assert pending.code == 3
    assert "pending    nodeExporter.version: promote 1.12.1 -> 1.12.2" in pending.out
    assert ballast("promote", "dev", "staging", "qdrant", "--check").code == 0
    stage.change("staging", "version: 2.20.0", "version: 2.20.1")
    broken = ballast("promote", "dev", "staging", "--check")
    assert broken.code == 1
    assert "broken     kubeStateMetrics.version: older than in staging" in broken.out
    assert stage.pulumi.calls() == []


def test_a_check_past_an_environment_says_why_it_fails(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    said = ballast("promote", "dev", "prod", "--check")
    assert said.code == 1
    assert "prod takes values only from staging" in said.out


def test_a_resource_of_another_environment_fails_a_check(stage, ballast):
    for name in ("staging", "prod"):
        stage.change(name, f"bucket: acme-{name}-opensearch-snapshots", "bucket: acme-shared")
    said = ballast("promote", "staging", "prod", "--check")
    assert said.code == 1
    assert "broken     opensearch.snapshots.s3.bucket" in said.out


def test_a_machine_reads_gates_difference_and_code(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    said = ballast("promote", "dev", "staging", "--json")
    told = json.loads(said.out)
    assert said.code == told["code"] == 1
    assert told["schema"] == 1
    assert {gate["gate"]: gate["answer"] for gate in told["gates"]} == {
        "chain": "passed",
        "order": "passed",
        "identity": "passed",
        "validity": "passed",
        "retention": "passed",
        "upstream": "passed",
        "not blocked": "passed",
        "proven": "refused",
        "buildable": "not asked",
    }
    assert told["selected"] == ["nodeExporter.version"]
    assert "+    version: 1.12.2" in told["difference"]
    assert told["written"] is False
    assert told["message"] == ""
    (row,) = [row for row in told["rows"] if row["key"] == "nodeExporter.version"]
    assert row["environments"]["dev"]["value"] == "1.12.2"
    check = ballast("promote", "dev", "staging", "--check", "--json")
    assert check.code == json.loads(check.out)["code"] == 3


def test_no_ciphertext_is_shown(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    assert "secure: v1:" in stage.text("dev")
    for command in (
        ("promote", "dev", "staging", "--all"),
        ("promote", "dev", "staging", "--json"),
        ("promote", "dev", "staging", "--explain", "opensearchAdminPassword"),
        ("compare", "dev", "staging", "--all"),
    ):
        said = ballast(*command)
        assert "opensearchAdminPassword" in said.out
        assert "v1:" not in said.out + said.err


def test_compare_shows_what_differs_and_asks_no_gate(stage, ballast):
    said = ballast("compare", "dev", "prod")
    assert said.code == 0
    lines = [line.split()[0] for line in said.out.splitlines() if line]
    assert "promotesFrom" in lines
    assert "nodeExporter.version" not in lines
    assert "nodeExporter.version" in [
        line.split()[0] for line in ballast("compare", "dev", "prod", "--all").out.splitlines() if line
    ]
    assert stage.pulumi.calls() == []


def test_one_key_is_explained(ballast):
    said = ballast("promote", "dev", "staging", "--explain", "qdrant.version")
    assert said.code == 0
    assert "ballast:qdrant.version" in said.out
    assert "one minor version at a time" in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("promote", "dev", "qa"), "there is no stack qa: this folder has dev, staging, prod"),
        (("compare", "qa", "dev"), "there is no stack qa"),
        (("promote", "dev", "dev"), "both are dev"),
        (("promote", "dev", "staging", "qdrant.verison"), "did you mean `qdrant.version`?"),
        (("promote", "dev", "staging", "qdrant.nodes"), "never travels"),
        (("promote", "dev", "staging", "--explain", "qdrant.verison"), "Did you mean `qdrant.version`?"),
        (("promote", "dev", "staging", "--allow-downgrade", "qdrant.verison", "--because", "x"), "did you mean"),
        (("promote", "dev", "staging", "--allow-downgrade", "qdrant", "--because", "x"), "names whole keys"),
        (("promote", "dev", "prod", "--skip", "staging"), "is needed with --skip"),
        (("promote", "dev", "prod", "--skip", "staging", "--because", " "), "is needed with --skip"),
        (("promote", "dev", "staging", "--soak", "soon"), "is a span of time"),
        (("promote", "dev", "staging", "--check", "--write"), "can't --write"),
    ],
)
def test_usage_errors_end_with_2(ballast, arguments, told):
    said = ballast(*arguments)
    assert said.code == 2
    assert told in " ".join(said.err.split())


@pytest.mark.parametrize("broken", ["dev", "staging"])
def test_a_broken_source_or_target_is_reported_by_line_and_nothing_is_compared(stage, ballast, broken):
    stage.change(broken, "scrapeInterval: 30s", "scrapeInterval: 30")
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 1
    assert said.err.startswith(f"error: Pulumi.{broken}.yaml: 1 mistake")
    assert "ballast:prometheus.scrapeInterval" in said.err
    assert said.out == ""


def test_both_broken_files_are_reported_at_once(stage, ballast):
    for environment in ("dev", "staging"):
        stage.change(environment, "scrapeInterval: 30s", "scrapeInterval: 30")
    said = ballast("promote", "dev", "staging")
    assert said.code == 1
    assert "Pulumi.dev.yaml: 1 mistake" in said.err
    assert "Pulumi.staging.yaml: 1 mistake" in said.err


def test_a_broken_third_file_is_a_note(stage, ballast):
    stage.change("prod", "scrapeInterval: 30s", "scrapeInterval: 30")
    said = ballast("promote", "dev", "staging")
    assert said.code == 0
    assert "note       Pulumi.prod.yaml is left out: ballast:prometheus.scrapeInterval" in said.out


def test_a_missing_target_is_one_sentence(stage, ballast):
    stage.file("staging").unlink()
    said = ballast("promote", "dev", "staging")
    assert said.code == 2
    assert "there is no stack staging: this folder has dev, prod" in " ".join(said.err.split())


def test_outside_of_a_repository_nobody_knows_what_is_younger_and_nothing_is_promoted(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("dev")
    shutil.rmtree(stage.folder / ".git")
    said = ballast("promote", "dev", "staging")
    assert said.code == 1
    assert "ages in dev, staging, prod are not known: not a git repository" in " ".join(said.out.split())
    assert "run it in a clone of the repository" in " ".join(said.out.split())


@pytest.mark.programs
def test_a_person_who_gives_up_leaves_no_process_and_nothing_half_written(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("dev")
    stage.pulumi.hangs = True
    stage.pulumi.save()
    before = stage.text("staging")
    arguments = ["promote", "dev", "staging", "--write", "--project", str(stage.folder)]
    command = subprocess.Popen([sys.executable, "-m", "ops", *arguments], cwd=PROJECT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not stage.pulumi.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    asked = stage.pulumi.process()
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=60) not in (0, 3)
    assert not Path(f"/proc/{asked}").exists()
    assert stage.text("staging") == before
    assert stage.repository.git("status", "--porcelain") == "M Pulumi.dev.yaml"


def test_a_mistake_in_the_blocked_values_stops_everything(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("dev")
    stage.block("blocked:\n  - {key: nodeExporter.version, value: 1.12.2, because: it hangs}\n")
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 1
    assert "delivery/blocked.yaml" in said.err
    assert "version: 1.12.1" in stage.text("staging")


def test_the_committed_files_answer_every_pair():
    for pair in (("dev", "staging"), ("staging", "prod")):
        done = in_this_process("promote", *pair, "--check")
        # Refused while a hotfix waits to be brought upstream, or after a stage was skipped.
        told = any(line.startswith(("refused ", "broken ")) for line in done.stdout.splitlines())
        assert done.returncode in (0, 3) or told, done.stdout + done.stderr
