"""Pages: their commands exist with their options, and docs/delivery.md names what the workflows ask for."""

from __future__ import annotations

import re

import pytest

from tests.harness.cluster import need_programs
from tests.harness.pages import PAGES, commands
from tests.harness.real_options import unknown_words
from tests.harness.workflows import WORKFLOWS, jobs
from toolchain.paths import CHECKOUT

TEXT = (CHECKOUT / "docs" / "delivery.md").read_text(encoding="utf-8")
VARIABLE = re.compile(r"vars\.(\w+)")


@pytest.mark.programs
@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_command_and_option_of_a_page_exists(page):
    need_programs("pulumi")
    lines = commands(page.read_text(encoding="utf-8"))
    assert {line: unknown for line in lines if (unknown := unknown_words(line))} == {}


@pytest.mark.parametrize(
    ("name", "program", "least"),
    [
        ("README.md", "make", 5),
        ("README.md", "./ballast", 3),
        ("docs/operations.md", "./ballast", 5),
        ("docs/operations.md", "pulumi", 3),
        ("docs/delivery.md", "./ballast", 10),
        ("docs/delivery.md", "pulumi", 10),
        ("docs/clusters.md", "pulumi", 3),
    ],
)
def test_commands_of_a_page_are_found(name, program, least):
    found = commands((CHECKOUT / name).read_text(encoding="utf-8"))
    assert len([line for line in found if line.startswith(f"{program} ")]) >= least


def test_every_variable_of_the_workflows_is_explained():
    used = {name for path in WORKFLOWS for name in VARIABLE.findall(path.read_text())}
    assert used == {"AWS_REGION", "CI_RUNNER", "CLUSTER_NAME", "PULUMI_BACKEND_URL", "ROLE_ARN"}
    assert {name for name in used if f"`{name}`" not in TEXT} == set()


def test_every_environment_of_the_workflows_has_a_row():
    patterns = {(path.name, job["environment"]) for path, _, job in jobs() if "environment" in job}
    # Only pull requests, which run what is not reviewed yet, come to -preview.
    assert patterns == {
        ("apply.yml", "${{ inputs.stack }}"),
        ("apply.yml", "${{ inputs.stack }}-plan"),
        ("nightly.yml", "${{ matrix.stack }}-plan"),
        ("preview.yml", "${{ matrix.stack }}-preview"),
    }
    rows = re.findall(r"(?m)^\| (`(?:staging|prod).*?) \|", TEXT)
    assert rows == ["`staging-preview`, `prod-preview`", "`staging-plan`, `prod-plan`", "`staging`", "`prod`"]


def test_the_session_of_the_deploy_role_outlives_its_job():
    (job,) = [job for path, name, job in jobs() if (path.name, name) == ("apply.yml", "apply")]
    seconds = [step["with"]["role-duration-seconds"] for step in job["steps"] if "role-duration-seconds" in str(step)]
    assert seconds == [4 * 3600]
    assert job["timeout-minutes"] * 60 < seconds[0]
    assert "four hours" in TEXT
