"""Runbooks: one structure, a head that says what is so, and commands that look and change nothing."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.harness.runbook_commands import PAGES, commands
from tests.harness.runbooks import REFRESH, written

PARTS = ["Symptom", "Impact", "Is it real", "Diagnosis", "Remedy", "Escalation", "Prevention"]
LOOKING = {"get", "describe", "logs", "port-forward"}
"""What is typed before anybody knows what is wrong changes nothing."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


def test_what_is_generated_is_up_to_date_and_every_page_has_alerts():
    expected = written()
    wrong = [path.name for path, text in expected.items() if path.read_text(encoding="utf-8") != text]
    assert wrong == [], f"run {REFRESH}"
    assert {path for path in expected if path.name != "README.md"} == set(PAGES)


@pages
def test_every_page_has_the_same_parts_and_none_is_empty(page):
    found = re.findall(r"(?ms)^## ([^\n]+)\n\n(.+?)(?=^## |\Z)", page.read_text(encoding="utf-8"))
    assert [title for title, _ in found] == PARTS
    assert all(len(text.strip()) > 40 for _, text in found)


@pages
def test_every_page_has_commands_for_looking(page):
    assert len(list(commands(page))) >= 3


@pages
def test_kubectl_looks_and_says_where(page):
    for command in commands(page):
        if command.text.startswith("kubectl "):
            _, flag, _, verb, *_ = shlex.split(command.text)
            assert (flag, verb in LOOKING) == ("--namespace", True), command.text
