"""What a code host and a contributor's git read of this repository: owners, hooks and the licence."""

from __future__ import annotations

import re
import tomllib

import yaml

from toolchain.paths import CHECKOUT


def owners():
    """Path pattern and teams of each line."""
    lines = (CHECKOUT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    return {words[0]: words[1:] for line in lines if (words := line.split()) and not line.startswith("#")}


def hooks():
    content = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    return [(repository["repo"], hook) for repository in content["repos"] for hook in repository["hooks"]]


def test_what_the_delivery_page_wants_reviewed_has_owners():
    text = (CHECKOUT / "docs" / "delivery.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"review by owners of (.+?)\. Actions", text.replace("\n", " "))
    wanted = {f"/{path}" for path in re.findall(r"`([^`]+)`", named)}
    assert wanted == {"/Pulumi.prod.yaml", "/delivery/", "/.github/"}
    assert wanted <= set(owners())
    assert all((CHECKOUT / path.lstrip("/")).exists() for path in wanted)


def test_owners_are_teams_and_no_invented_persons():
    assert all(teams for teams in owners().values())
    assert {
        team for teams in owners().values() for team in teams if not re.fullmatch(r"@ballast/[\w-]+", team)
    } == set()


def test_hooks_are_programs_of_this_checkout_and_fetch_nothing():
    assert {repository for repository, _ in hooks()} == {"local"}
    assert {hook["language"] for _, hook in hooks()} == {"system"}
    assert all((CHECKOUT / hook["entry"].split()[0]).exists() for _, hook in hooks())


def test_hooks_judge_what_make_check_judges_first():
    recipe = (CHECKOUT / "Makefile").read_text(encoding="utf-8").split("\ncheck:")[1].split("\n\n")[0]
    for program in ("ruff format", "ruff check", "pyrefly check"):
        assert f"$(BIN)/{program}" in recipe
        assert [hook["id"] for _, hook in hooks() if hook["entry"].startswith(f".venv/bin/{program}")], program


def test_the_licence_is_the_one_that_the_project_names():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert all((CHECKOUT / name).exists() for name in project["license-files"])
    assert "Apache License" in (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
