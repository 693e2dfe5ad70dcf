"""Every panel that was asked for is on a dashboard, and every panel leads on: to its page, its trace, its logs."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from components.applications.limit_settings import ShareLimits
from components.applications.limits import good_above
from components.composition.dashboards.catalogue import boards
from components.composition.rooms import offered
from components.signals.panels import ANY
from tests.harness.applied import SHOWN, shown
from tests.harness.declare import PROJECT
from tests.harness.seed_panels import ASKED, LINES, PAGE, REFRESH, places, written

REPOSITORY = "https://git.example.com/ballast/blob/main"
FOLDERS = {"Platform", "Stores", "Observability", "Delivery", "Applications"}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.requirement} {asked.asked}")
def test_the_panel_is_there_and_of_the_kind_that_was_asked_for(asked):
    assert places()[asked.uid, asked.title]["type"] == asked.kind


def test_none_of_the_lists_is_short_and_the_table_is_up_to_date():
    counted = Counter(asked.requirement.split()[0] for asked in ASKED)
    assert counted == {"M7": 12, "O2": 19, "K2": 8, "L4": 9}
    assert len({asked.requirement for asked in ASKED}) == 3 + 4 + 1 + 1
    assert {asked.kind for asked in ASKED} == {LINES, "stat", "gauge", "bargauge", "piechart", "heatmap"}
    assert PAGE.read_text(encoding="utf-8") == written(), f"run {REFRESH}"


def panels(name, repository=None):
    for board in boards(shown(name)):
        for panel in json.loads(board.json(repository))["panels"]:
            if panel["type"] != "row":
                yield board.uid, panel


@pytest.mark.parametrize("name", SHOWN)
def test_every_panel_leads_to_the_page_of_its_room(name):
    without = {room.dashboard for room in offered(shown(name)) if not room.told()}
    for uid, panel in panels(name, REPOSITORY):
        if uid in without:
            continue
        (link,) = panel["links"]
        assert link["url"].startswith(f"{REPOSITORY}/docs/runbooks/"), panel["title"]
        assert (PROJECT / link["url"].removeprefix(f"{REPOSITORY}/")).is_file(), panel["title"]
    # Where nobody said at which address the repository is read, the words name the page.
    assert all(re.search(r"docs/runbooks/\w+[.]md", p["description"]) for uid, p in panels(name) if uid not in without)


@pytest.mark.parametrize("name", SHOWN)
def test_an_alert_leads_to_its_page_and_its_dashboard(name):
    uids = {board.uid for board in boards(shown(name))}
    for room in offered(shown(name)):
        for group in room.groups("http://grafana", REPOSITORY):
            for told in (rule["annotations"] for rule in group["rules"] if rule.get("alert")):
                if "runbook" in told:
                    assert told["runbook_url"] == f"{REPOSITORY}/{told['runbook']}"
                    assert told["dashboard_url"].removeprefix("http://grafana/d/") in uids


def thresholds(room):
    """Numbers from which on a room tells people, and the same numbers of the opposite share; any at all is one."""
    texts = [alert.expression for alert in room.told()]
    found = {float(number) for text in texts for number in re.findall(r"(?:[<>]|==) (\d+(?:[.]\d+)?)", text)}
    return found | {round(1 - number, 9) for number in found} | {ANY[0][0], 1}


@pytest.mark.parametrize("name", SHOWN)
def test_a_panel_changes_its_colour_where_an_alert_of_its_room_fires(name):
    rooms = offered(shown(name))
    # Alerts of the cluster are about every pod, also about those of the stack itself.
    (anywhere,) = [thresholds(room) for room in rooms if room.name == "cluster"]
    known = {room.runbook: thresholds(room) | anywhere for room in rooms}
    wrong = []
    for uid, panel in panels(name, REPOSITORY):
        told = panel["fieldConfig"]["defaults"]
        # Objectives have their own test, and words stand for values that are no amounts.
        if uid in ("ballast-objectives", "ballast-month") or "mappings" in told or not panel.get("links"):
            continue
        page = panel["links"][0]["url"].removeprefix(f"{REPOSITORY}/")
        steps = [step["value"] for step in told["thresholds"]["steps"] if step["value"] is not None]
        wrong += [f"{panel['title']}: {value}" for value in steps if round(value, 9) not in known[page]]
    assert wrong == [], "; ".join(wrong)


@pytest.mark.parametrize(
    ("limits", "base", "steps"),
    [
        ({}, "green", []),
        ({"warning": "50% for 10m"}, "orange", [(0.5, "green")]),
        ({"warning": "50% for 10m", "critical": "30% for 5m"}, "red", [(0.3, "orange"), (0.5, "green")]),
    ],
)
def test_a_figure_that_is_bad_below_its_limits_is_green_above_them(limits, base, steps):
    assert good_above(ShareLimits(**limits)) == (base, steps)


def test_what_succeeds_is_red_where_too_much_fails():
    limits = ShareLimits(warning="5% for 5m", critical="20% for 5m")
    assert good_above(limits, lambda value: round(1 - value, 9)) == ("red", [(0.8, "orange"), (0.95, "green")])


def test_there_is_a_folder_for_each_audience():
    assert {board.folder for board in boards(shown(SHOWN[-1]))} == FOLDERS
