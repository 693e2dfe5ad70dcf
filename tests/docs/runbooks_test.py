"""Runbooks: one structure, a head that says what is so, and commands that look and change nothing."""

from __future__ import annotations

import re
import shlex
from collections import Counter

import pytest

from tests.harness import seed_runbooks
from tests.harness.alert_timelines import labelled, rules
from tests.harness.applied import APPLIED
from tests.harness.runbook_commands import PAGES, commands
from tests.harness.runbooks import FOLDER, INCIDENTS, ON_CALL, REFRESH, written

PARTS = ["Symptom", "Impact", "Is it real", "Diagnosis", "Remedy", "Escalation", "Prevention"]
LOOKING = {"get", "describe", "logs", "port-forward"}
"""What is typed before anybody knows what is wrong changes nothing."""

ALERTS = {*rules(), *(name.split()[0] for name in labelled(APPLIED))}

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


def test_every_runbook_that_was_asked_for_is_a_page_and_the_table_says_which():
    assert Counter(one.requirement for one in seed_runbooks.ASKED) == {"O5": 10, "M8": 3, "K6": 8}
    assert {one.page for one in seed_runbooks.ASKED} <= set(PAGES)
    assert seed_runbooks.PAGE.read_text(encoding="utf-8") == seed_runbooks.written(), f"run {seed_runbooks.REFRESH}"


@pytest.mark.parametrize("page", sorted(INCIDENTS.glob("*.md")), ids=lambda path: path.stem)
def test_an_incident_has_steps_in_their_order_that_end_with_how_it_is_seen_and_names_alerts_that_exist(page):
    text = page.read_text(encoding="utf-8")
    remedy = re.findall(r"(?ms)^## Remedy\n\n(.+?)\n\n## ", text)[0].splitlines()
    assert [line.split(". ")[0] for line in remedy] == [str(number + 1) for number in range(len(remedy))]
    assert len(remedy) >= 3
    named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text)) - {"OpenSearch", "NetworkPolicy"}
    assert named <= ALERTS
    assert bool(named) != ("No alert leads here" in text)


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
