"""CONTRIBUTING.md, walked step by step: its files, names and commands exist, and it leaves no place out."""

from __future__ import annotations

import importlib.util
import re
import subprocess

import pytest

from components.composition.dashboards.catalogue import boards
from components.observability.alertmanager.settings import Severity
from tests.harness.declare import STACKS, real_stack, stack_settings
from tests.harness.pages import commands, named_paths
from toolchain.paths import CHECKOUT

PAGE = CHECKOUT / "CONTRIBUTING.md"
SECTIONS = dict(re.findall(r"(?ms)^## ([^\n]+)\n\n(.+?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8")))
FURTHER = {
    "components/foundation/jobkit/sets.py",  # an example in a docstring
    "components/storage/backups.py",  # as above
}


def steps(title):
    """The numbered steps of a section, each on one line."""
    return [" ".join(step.split()) for step in re.findall(r"(?ms)^\d+\. (.+?)(?=^\d+\. |^$|\Z)", SECTIONS[title])]


def words(text):
    """What stands in backticks and is neither a path nor a command."""
    return [word for word in re.findall(r"`([^`]+)`", text) if not named_paths(f"`{word}`") and " " not in word]


def mentioning(pattern, *places):
    """Tracked files whose text has a word."""
    command = ["git", "grep", "--untracked", "-lE", "-e", pattern, "--", *places]
    return set(subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split())


def test_there_is_a_section_for_each_thing_that_is_added():
    assert list(SECTIONS) == ["A store", "An alert", "An environment", "A dashboard"]
    assert all(len(steps(title)) >= 3 for title in SECTIONS)


@pytest.mark.parametrize("title", SECTIONS)
def test_every_step_begins_with_a_file_that_exists(title):
    for step in steps(title):
        named = named_paths(step)
        assert named, step
        assert step.startswith(f"`{named[0]}`: "), step
        assert [path for path in named if not (CHECKOUT / path).is_file()] == [], step


@pytest.mark.parametrize("title", SECTIONS)
def test_every_name_of_a_step_stands_in_its_files(title):
    for step in steps(title):
        texts = "".join((CHECKOUT / path).read_text(encoding="utf-8") for path in named_paths(step))
        assert [word for word in words(step) if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", texts)] == [], step


@pytest.mark.parametrize("title", SECTIONS)
def test_every_section_ends_with_commands_and_the_modules_that_are_run_exist(title):
    assert "./ballast manifest --write" in commands(SECTIONS[title])
    for module in re.findall(r"-m (tests[\w.]+)", SECTIONS[title]):
        assert importlib.util.find_spec(module), module


def test_a_store_is_named_everywhere_that_knows_the_example():
    found = mentioning("[Cc]hroma|CHROMA", "components", "ops") - FURTHER
    elsewhere = {path for path in found if not path.startswith("components/stores/chroma/")}
    named = {path for path in named_paths(SECTIONS["A store"]) if path.startswith("components/")}
    assert elsewhere == {path for path in named if not path.startswith("components/stores/chroma/")}


def test_every_declared_alert_is_as_the_section_asks():
    rules = [
        rule
        for declared in real_stack("prod").of_kind("PrometheusRule")
        for group in declared.inputs["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    assert rules
    for rule in rules:
        assert rule["labels"]["severity"] in {*Severity, "none"}, rule["alert"]
        assert {"summary", "description"} <= set(rule["annotations"]), rule["alert"]


def test_no_program_and_no_workflow_knows_an_environment_by_its_name():
    """Rules ask the tier, whose words are in one module; a name in a sentence or as an example is none."""
    names = "|".join(STACKS)
    found = mentioning(f"[\"']({names})[\"']|Pulumi\\.({names})\\.yaml|stack-({names})", "components", "ops", ".github")
    assert found == {"components/settings/environment.py", ".github/CODEOWNERS"}


@pytest.mark.parametrize("stack", STACKS)
def test_every_dashboard_of_a_stack_comes_from_the_shelf(stack):
    shelf = boards(stack_settings(stack))
    declared = {
        name
        for one in real_stack(stack).of_kind("ConfigMap")
        for name in one.inputs.get("data") or {}
        if name.endswith(".json") and name.startswith("ballast-")
    }
    assert declared == {f"{board.uid}.json" for board in shelf}
