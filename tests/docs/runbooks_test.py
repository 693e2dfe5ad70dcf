"""Runbooks: one structure, a head that says what is so, and commands that look and change nothing."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.harness.runbook_commands import PAGES, commands
from tests.harness.runbooks import FOLDER, ON_CALL, REFRESH, written

PARTS = ["Symptom", "Impact", "Is it real", "Diagnosis", "Remedy", "Escalation", "Prevention"]
LOOKING = {"get", "describe", "logs", "port-forward"}
"""What is typed before anybody knows what is wrong changes nothing."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


def test_what_is_generated_is_up_to_date_and_every_page_has_alerts():
    expected = written()
    wrong = [path.name for path, text in expected.items() if path.read_text(encoding="utf-8") != text]
    assert wrong == [], f"run {REFRESH}"
    assert {path for path in expected if path.name not in ("README.md", "on-call.md")} == set(PAGES)


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


def test_whoever_is_on_call_reads_when_to_call_whom():
    text = ON_CALL.read_text(encoding="utf-8")
    levels = re.findall(r"(?m)^\| ([1-4]) \| ([^|]+) \|", text)
    assert [re.findall(r"\d+ minutes|at once", when)[:1] for _, when in levels] == [
        ["at once"],
        ["15 minutes"],
        ["30 minutes"],
        ["60 minutes"],
    ]
    for promise in ("within 15 minutes", "within 4 hours", "every 30 minutes"):
        assert promise in text


def test_duties_are_told_by_day_week_month_and_quarter():
    text = (FOLDER.parent / "duties.md").read_text(encoding="utf-8")
    found = re.findall(r"(?ms)^## Every (\w+)\n\n(.+?)(?=^## |\Z)", text)
    assert [name for name, _ in found] == ["day", "week", "month", "quarter"]
    assert all(listed.count("\n- ") >= 2 for _, listed in found)
