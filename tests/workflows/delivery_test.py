"""What the jobs decide: which stacks, from where, whether at all, in which order."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from components.settings.promotion import promotion_digest
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.__main__ import main
from tests.harness.cluster import need_programs
from tests.harness.runner import STACKS
from toolchain.paths import CHECKOUT

pytestmark = pytest.mark.programs

SCRIPTS = ".github/scripts"
ZEROS = "0" * 40


def outputs(runner):
    return dict(line.split("=", 1) for line in runner.written("GITHUB_OUTPUT").splitlines())


def trees(runner):
    return [(call["line"], call["tree"]) for call in runner.fakes.calls()]


def test_local_stacks_go_their_own_way_and_the_reasons_are_shown(runner):
    assert runner.run(f"{SCRIPTS}/affected.sh").returncode == 0
    assert outputs(runner) == {"stacks": '["dev","staging"]', "local": '["dev"]', "clusters": '["staging"]'}
    assert "its file" in runner.written("GITHUB_STEP_SUMMARY")


def test_a_fourth_stack_comes_to_every_matrix_by_its_file_alone(runner):
    assert runner.run(f"{SCRIPTS}/stacks.sh").returncode == 0
    found = {name: json.loads(value) for name, value in outputs(runner).items()}
    assert found == {
        "local": ["dev"],
        "clusters": ["staging", "prod", "eu-prod"],
        "dev": [],
        "staging": ["staging"],
        "prod": ["prod", "eu-prod"],
        "promotions": [
            {"source": "dev", "target": "staging"},
            {"source": "staging", "target": "prod"},
            {"source": "staging", "target": "eu-prod"},
        ],
    }


def test_the_stacks_are_told_as_the_scripts_read_them(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["stacks", "--json", "--project", str(CHECKOUT)])
    told, known = json.loads(capsys.readouterr().out)["stacks"], json.loads(STACKS)["stacks"]
    assert [stack for stack in known if stack["name"] != "eu-prod"] == told


def test_a_change_of_nothing_affects_no_stack(runner):
    runner.fakes.answer("ballast affected", json.dumps({"stacks": [], "reasons": {}}))
    runner.run(f"{SCRIPTS}/affected.sh")
    assert outputs(runner) == {"stacks": "[]", "local": "[]", "clusters": "[]"}


def test_a_diff_that_cannot_be_read_fails_instead_of_affecting_nothing(runner):
    runner.fakes.answer("ballast affected", code=1)
    assert runner.run(f"{SCRIPTS}/affected.sh").returncode == 1
    assert runner.written("GITHUB_OUTPUT") == ""


@pytest.mark.parametrize("before", [None, "", ZEROS, "first"])
def test_a_rehearsal_begins_before_the_change_and_ends_with_it(runner, before):
    given = {} if before is None else {"BEFORE": runner.commits[0] if before == "first" else before}
    result = runner.run(f"{SCRIPTS}/rehearse.sh dev", given)
    assert result.returncode == 0, result.stderr
    assert trees(runner) == [
        ("make up STACK=dev", "before"),
        ("python3 -m toolchain prepare --stack dev", "after"),
    ]
    assert runner.git("rev-parse", "HEAD") == runner.commits[1]


def test_what_did_not_come_up_before_the_change_leaves_it_an_empty_cluster(runner):
    """Or nobody could repair a broken main."""
    runner.fakes.answer("make up", code=2)
    result = runner.run(f"{SCRIPTS}/rehearse.sh dev")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(
        f"::warning::dev did not come up as it was at {runner.commits[0]}, so the change meets"
    )
    assert trees(runner) == [
        ("make up STACK=dev", "before"),
        ("python3 -m toolchain clean", "after"),
        ("python3 -m toolchain prepare --stack dev", "after"),
    ]


def test_a_rehearsal_that_fails_leaves_the_commit_at_hand(runner):
    runner.fakes.answer("python3 -m toolchain prepare", code=2)
    assert runner.run(f"{SCRIPTS}/rehearse.sh dev").returncode == 2
    assert runner.git("rev-parse", "HEAD") == runner.commits[1]


def test_the_kubeconfig_gets_the_place_and_the_context_that_the_stack_file_names(runner):
    runner.run(f"{SCRIPTS}/kubeconfig.sh prod", {"CLUSTER_NAME": "c"})
    expected = f"aws eks update-kubeconfig --name c --kubeconfig {Path.home()}/.kube/config --alias acme-prod"
    assert runner.fakes.lines() == [expected]


def test_a_stack_without_a_cluster_context_is_refused(runner):
    assert runner.run(f"{SCRIPTS}/kubeconfig.sh dev", {"CLUSTER_NAME": "c"}).returncode != 0
    assert runner.fakes.lines() == []


@pytest.mark.parametrize(
    ("summary", "digest", "changes"),
    [
        ({"same": 9}, "this", "false"),
        ({"same": 9, "read": 4}, "this", "false"),
        ({"same": 9, "update": 1}, "this", "true"),
        ({"same": 9}, "sha256:other", "true"),
        ({"same": 9}, "", "true"),
    ],
)
def test_nobody_is_asked_to_approve_nothing(runner, summary, digest, changes):
    this = promotion_digest(read_stack(CHECKOUT / "Pulumi.staging.yaml", SECRETS))
    runner.fakes.answer("pulumi stack output promotionDigest", f"{this if digest == 'this' else digest}\n")
    (runner.repository / "previews" / "staging.json").write_text(json.dumps({"changeSummary": summary}))
    result = runner.run(f"{SCRIPTS}/changes.sh staging")
    assert result.returncode == 0, result.stderr
    assert outputs(runner) == {"changes": changes}


def carried(runner, commit):
    runner.fakes.answer("pulumi stack history", json.dumps([{"environment": {"git.head": commit}}]))


def test_a_commit_older_than_what_a_stack_carries_is_refused(runner):
    carried(runner, runner.commits[1])
    result = runner.run(f"{SCRIPTS}/newest.sh staging", {"GITHUB_SHA": runner.commits[0]})
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: staging carries {runner.commits[1]}")


@pytest.mark.parametrize("last", ["first", "same", "unknown", "none"])
def test_a_newer_commit_the_same_one_and_the_first_one_pass(runner, last):
    known = {"first": runner.commits[0], "same": runner.commits[1], "unknown": "a" * 40, "none": ""}
    carried(runner, known[last])
    assert runner.run(f"{SCRIPTS}/newest.sh staging").returncode == 0


# With 7 the engine says that there are changes where none were expected: lifecycle_test.py hears the real one say so.
@pytest.mark.parametrize(("code", "notes"), [(7, 1), (255, 0)])
def test_drift_fails_with_its_report_and_only_what_was_seen_is_noted(runner, code, notes):
    runner.fakes.answer("pulumi preview", '{"changeSummary": {"update": 1}}', code=code)
    assert runner.run(f"{SCRIPTS}/drift.sh staging").returncode == code
    assert "all well" in runner.written("GITHUB_STEP_SUMMARY")
    noted = [line for line in runner.fakes.lines() if line.startswith("pulumi stack tag")]
    assert len(noted) == notes
    for line in noted:
        assert re.fullmatch(r"pulumi stack tag set ballast:drift \d{4}-\d\d-\d\dT\d\d:\d\dZ --stack staging", line)


@pytest.mark.parametrize("code", [0, 7])
def test_a_note_that_can_not_be_written_is_a_red_night_with_its_report(runner, code):
    runner.fakes.answer("pulumi preview", '{"changeSummary": {"update": 1}}', code=code)
    runner.fakes.answer("pulumi stack tag", code=255)
    assert runner.run(f"{SCRIPTS}/drift.sh staging").returncode == 255
    assert "all well" in runner.written("GITHUB_STEP_SUMMARY")


def test_a_pending_promotion_fails_and_names_the_command(runner):
    runner.fakes.answer("ballast promote", "opensearch.version  promote 3.8.0 -> 3.9.0\n", code=3)
    result = runner.run(f"{SCRIPTS}/pending.sh dev staging")
    assert result.returncode == 3
    assert result.stderr == "error: values of dev wait for staging: ./ballast promote dev staging\n"
    assert "3.8.0 -> 3.9.0" in runner.written("GITHUB_STEP_SUMMARY")


def test_pulumi_and_what_it_starts_come_onto_the_path(runner):
    need_programs("pulumi", "pulumi-language-python")
    result = runner.run(f"{SCRIPTS}/programs.sh", {"PROGRAMS": "pulumi kubectl"})
    assert result.returncode == 0, result.stderr
    assert runner.fakes.lines() == ["python3 -m toolchain build --only pulumi kubectl"]
    folders = [Path(line) for line in runner.written("GITHUB_PATH").splitlines()]
    for program in ("pulumi", "pulumi-language-python", "uv", "pytest"):
        assert any((folder / program).exists() for folder in folders), program
