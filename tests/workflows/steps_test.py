"""Every `run:` of every workflow, run: on a repository of its own, with fakes of the programs it calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.cluster import need_programs
from tests.harness.real_options import unknown_words
from tests.harness.workflows import steps

pytestmark = pytest.mark.programs

# One of those that are the same in several jobs.
RUNS = list({(step.run, *step.environment.items()): step for step in steps() if step.run}.values())
PREVIEW = "pulumi preview --stack staging --json --show-sames --non-interactive"
REPORT = "ballast preview-report staging=previews/staging.json --waivers delivery/waivers.yaml --output report.md"
BOTH = "ballast preview-report dev=previews/dev.json staging=previews/staging.json"
LOCAL = "python3 -m toolchain pulumi preview --stack staging --json --show-sames --non-interactive"
KUBECONFIG = (
    "aws eks update-kubeconfig --name acme-staging-cluster "
    f"--kubeconfig {Path.home()}/.kube/config --alias acme-staging"
)
# What each step calls, in order. A new step has to be written down here.
CALLS: dict[str, list[str]] = {
    ".ci/run": ["make test"],
    ".github/scripts/affected.sh": ["ballast affected --base origin/main --json", "ballast stacks --json"],
    ".github/scripts/stacks.sh": ["ballast stacks --json"],
    '.github/scripts/changes.sh "$STACK"': ["pulumi stack output promotionDigest --stack staging"],
    '.github/scripts/drift.sh "$STACK"': [
        "pulumi preview --stack staging --refresh --expect-no-changes --json --show-sames --non-interactive",
        "pulumi stack tag rm ballast:drift --stack staging",
        REPORT,
    ],
    '.github/scripts/kubeconfig.sh "$STACK"': [KUBECONFIG],
    ".github/scripts/manifest.sh": ["ballast manifest --all --diff origin/main", "ballast manifest --all --check"],
    '.github/scripts/newest.sh "$STACK"': ["pulumi stack history --stack staging --output json --page-size 1"],
    '.github/scripts/pending.sh "$SOURCE" "$TARGET"': ["ballast promote dev staging --check"],
    '.github/scripts/preview.sh "$STACK"': [PREVIEW],
    '.github/scripts/preview.sh "$STACK" python3 -m toolchain pulumi': [LOCAL],
    ".github/scripts/programs.sh": ["python3 -m toolchain build --only pulumi pulumi-language-python"],
    '.github/scripts/rehearse.sh "$STACK"': [
        "make up STACK=staging",
        "python3 -m toolchain prepare --stack staging",
    ],
    '.github/scripts/report.sh "$STACK"': [REPORT],
    "jq -r '.[]' <<< \"$STACKS\" | xargs .github/scripts/report.sh": [
        f"{BOTH} --waivers change/delivery/waivers.yaml --output report.md"
    ],
    ".github/scripts/judged.sh": [],
    'make up STACK="$STACK"': ["make up STACK=staging"],
    'pulumi up --stack "$STACK" --yes --non-interactive --skip-preview --suppress-outputs': [
        "pulumi up --stack staging --yes --non-interactive --skip-preview --suppress-outputs"
    ],
    "python3 -m toolchain packages": ["python3 -m toolchain packages"],
    "python3 .github/scripts/comment.py": [
        "gh api repos/acme/ballast/issues/17/comments --paginate --slurp",
        "gh api repos/acme/ballast/issues/17/comments --method POST --input -",
    ],
}


def test_every_step_is_written_down_here():
    assert {step.run for step in RUNS} == set(CALLS)


@pytest.mark.parametrize("step", RUNS, ids=str)
def test_a_step_calls_what_it_should_and_succeeds(runner, step):
    need_programs("pulumi", "pulumi-language-python")
    result = runner.run(step.run, step.environment)
    assert result.returncode == 0, result.stderr
    assert runner.fakes.lines() == CALLS[step.run]


def test_what_the_steps_call_exists_in_the_real_programs():
    need_programs("pulumi")
    lines = {line for called in CALLS.values() for line in called}
    asked = {line for line in lines if line.startswith(("pulumi ", "ballast ", "python3 -m toolchain pulumi "))}
    assert len(asked) >= 10
    assert {line: unknown for line in asked if (unknown := unknown_words(line))} == {}


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("pulumi stack history --json", ["--json"]),
        ("pulumi up --yes --ignore-protection", ["--ignore-protection"]),
        ("pulumi stack remake", ["stack remake"]),
        ("python3 -m toolchain pulumi preview --expect-changes", ["--expect-changes"]),
        ("./ballast restore prod --overwrite", ["--overwrite"]),
        ("./ballast deploy prod", ["deploy"]),
        ("./ballast restore prod STORE [--overwrite] [--only NAME]", ["--overwrite"]),
        ("python3 -m toolchain build --lonely pulumi", ["--lonely"]),
        ("python3 -m toolchain unpack", ["unpack"]),
        ("make up STACK=prod STAGE=prod", ["STAGE=prod"]),
        ("make everything  # all of it", ["everything"]),
    ],
)
def test_a_word_that_a_program_does_not_know_is_found(line, unknown):
    need_programs("pulumi")
    assert unknown_words(line) == unknown
