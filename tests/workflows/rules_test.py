"""Rules that every workflow keeps, whoever writes the next one."""

from __future__ import annotations

import re

import pytest

from components.settings.environment import Tier
from tests.harness.workflows import ACTIONS, GITHUB, SCRIPTS, WORKFLOWS, jobs, load, steps
from toolchain.paths import CHECKOUT

SHELL = "bash -euo pipefail {0}"
ALL_JOBS = list(jobs())
# What each job may do; contents are only ever read.
PERMISSIONS = {
    ("apply.yml", "apply"): {"contents": "read", "id-token": "write"},
    ("apply.yml", "plan"): {"contents": "read", "id-token": "write"},
    ("ci.yml", "ci"): {"contents": "read"},
    ("nightly.yml", "drift"): {"contents": "read", "id-token": "write"},
    ("nightly.yml", "pending"): {"contents": "read"},
    ("preview.yml", "affected"): {"contents": "read"},
    ("preview.yml", "manifest"): {"contents": "read"},
    ("preview.yml", "preview"): {"contents": "read", "id-token": "write"},
    ("preview.yml", "rehearse"): {"contents": "read"},
    ("preview.yml", "report"): {"contents": "read", "pull-requests": "write"},
    ("nightly.yml", "stacks"): {"contents": "read"},
    ("up.yml", "stacks"): {"contents": "read"},
    ("up.yml", "rehearse"): {"contents": "read"},
    ("up.yml", "dev"): {"contents": "read", "id-token": "write"},
    ("up.yml", "staging"): {"contents": "read", "id-token": "write"},
    ("up.yml", "prod"): {"contents": "read", "id-token": "write"},
}
# What runs Pulumi without a person beside it.
UNATTENDED = [*WORKFLOWS, *ACTIONS, *SCRIPTS, CHECKOUT / "Makefile", CHECKOUT / ".ci" / "run"]
ARGUMENTS = re.compile(r"\"--(?:ignore-protect|target|exclude|replace|refresh)\"")
# With these an update passes over protection, over part of the program, over integrity, or prints secrets.
FORBIDDEN = re.compile(
    r"--ignore-protect|--target-dependents|--target-replace|--disable-integrity-checking|--exclude-protected"
    r"|pulumi .*--(?:target|exclude|replace|show-secrets|diff)\b"
    r"|pulumi (?:up|destroy)\b.*--refresh|pulumi refresh\b(?!.*--preview-only)|pulumi destroy|pulumi cancel"
    r"|pulumi stack (?:rm|remove|import)|pulumi state"
)
INTERPOLATED = re.compile(r"\$\{\{")


def spoken(path):
    """The lines of a file that are no comment."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]


def test_no_workflow_runs_a_forks_code_with_this_repositorys_credentials():
    events = {path.name: load(path)[True] for path in WORKFLOWS}
    names = {name: set(event if isinstance(event, dict) else [event]) for name, event in events.items()}
    assert names == {
        "apply.yml": {"workflow_call"},
        "ci.yml": {"pull_request", "push"},
        "nightly.yml": {"schedule", "workflow_dispatch"},
        "preview.yml": {"pull_request"},
        "up.yml": {"push"},
    }


def test_credentials_on_a_pull_request_are_for_branches_of_this_repository_only():
    content = load(GITHUB / "workflows" / "preview.yml")["jobs"]
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    assert content["affected"]["if"] == own
    # What needs it is skipped with it, but the report: a required check that is skipped counts as passed.
    needing = {name for name, job in content.items() if "affected" in str(job.get("needs"))}
    assert needing == {"rehearse", "preview", "report"}
    assert content["report"]["if"] == "${{ !cancelled() }}"
    assert {name for name in needing - {"report"} if "always" in str(content[name]["if"])} == set()


def test_what_judges_a_change_is_the_base_branchs():
    report = [step.content for step in steps() if step.job == "report"]
    checkouts = [step["with"] for step in report if "checkout@" in step.get("uses", "")]
    assert [(one.get("ref"), one.get("path")) for one in checkouts] == [
        ("${{ github.event.pull_request.base.sha }}", None),
        (None, "change"),
    ]
    # Nothing of the change is run, by no path and by no action.
    assert [step for step in report if "change/" in f"{step.get('run')} {step.get('uses')}"] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_permitted_to_a_whole_workflow(path):
    assert load(path)["permissions"] == {}
    assert load(path)["defaults"]["run"]["shell"] == SHELL


def test_every_job_is_permitted_exactly_what_is_written_here():
    assert {(path.name, name): job["permissions"] for path, name, job in ALL_JOBS} == PERMISSIONS


def test_every_job_ends_by_itself():
    own = {(path.name, name): job.get("timeout-minutes") for path, name, job in ALL_JOBS if "uses" not in job}
    assert all(isinstance(minutes, int) and minutes <= 230 for minutes in own.values()), own


def test_no_token_stays_in_a_checkout():
    checkouts = [step for step in steps() if step.uses.startswith("actions/checkout@")]
    assert len(checkouts) >= 10
    assert all(step.content["with"]["persist-credentials"] is False for step in checkouts)


def test_no_expression_is_written_into_a_script():
    assert [str(step) for step in steps() if INTERPOLATED.search(step.run)] == []
    assert [path.name for path in SCRIPTS if INTERPOLATED.search(path.read_text())] == []


def test_what_comes_from_an_event_is_a_number_or_a_commit():
    given = {value for step in steps() for value in step.environment.values() if "github.event" in str(value)}
    assert given == {
        "${{ github.event.before }}",
        "${{ github.event.pull_request.number }}",
        "${{ github.event.pull_request.head.sha }}",
    }


def test_no_workflow_knows_a_secret():
    assert [path.name for path in (*WORKFLOWS, *ACTIONS) if "secrets." in path.read_text()] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *ACTIONS], ids=lambda path: path.name)
def test_scripts_end_at_the_first_failure(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sh":
        assert "\nset -euo pipefail\n" in text
        assert path.stat().st_mode & 0o111
    for step in steps():
        if step.file == path and step.run:
            assert step.content["shell"] == SHELL


def test_one_update_at_a_time_per_stack_and_none_is_cut_off():
    updating = {}
    for path, name, job in ALL_JOBS:
        if any(re.search(r"pulumi up|make up\b", str(step.get("run"))) for step in job.get("steps", [])):
            updating[path.name, name] = job.get("concurrency")
    assert updating == {
        # The cluster is the runner's own, and ends with it.
        ("preview.yml", "rehearse"): None,
        ("apply.yml", "apply"): {"group": "stack-${{ inputs.stack }}", "cancel-in-progress": False},
        ("up.yml", "rehearse"): {"group": "stack-${{ matrix.stack }}", "cancel-in-progress": False},
    }


def test_an_update_comes_after_its_own_preview_was_judged():
    runs = [step.get("run", "") for step in load(GITHUB / "workflows" / "apply.yml")["jobs"]["apply"]["steps"]]
    order = [next(i for i, run in enumerate(runs) if name in run) for name in ("newest", "preview.sh", "report", "up ")]
    assert order == sorted(order)
    chain = load(GITHUB / "workflows" / "up.yml")["jobs"]
    before = ["stacks", "rehearse"]
    for tier in Tier:
        assert chain[tier]["needs"] == before
        assert "!failure()" in chain[tier]["if"]
        assert chain[tier]["strategy"] == {
            "max-parallel": 1,
            "matrix": {"stack": f"${{{{ fromJSON(needs.stacks.outputs.{tier}) }}}}"},
        }
        before = [*before, tier]


@pytest.mark.parametrize("path", UNATTENDED, ids=lambda path: path.name)
def test_nothing_unattended_passes_over_protection(path):
    assert [line for line in spoken(path) if FORBIDDEN.search(line)] == []


def test_the_toolchain_and_the_commands_pass_none_of_it_either():
    programs = [*(CHECKOUT / "toolchain").glob("*.py"), *(CHECKOUT / "ops").rglob("*.py")]
    assert len(programs) > 40
    assert [path.name for path in programs if ARGUMENTS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "line",
    [
        "pulumi up --yes --ignore-protect",
        "pulumi up --yes --target urn",
        "pulumi up --yes --refresh",
        "pulumi refresh --yes",
        "pulumi preview --stack prod --diff",
        "pulumi cancel --yes",
        "pulumi destroy --yes",
    ],
)
def test_what_passes_over_protection_is_recognised(line):
    assert FORBIDDEN.search(line)
