"""Every alert fires when it should and only then, asks for what is told, and says whose it is and what to do."""

from __future__ import annotations

import pytest
import yaml

from components.composition.dashboards.catalogue import boards
from tests.harness.alert_timelines import GRAFANA, Play, known, played, promtool, rules
from tests.harness.cluster import need_programs
from tests.harness.declare import PROJECT, STACKS, stack_settings
from tests.observability.alert_cases import CASES
from tests.observability.catalogue.judge import refusals


def test_every_alert_has_a_case_and_every_case_an_alert():
    assert {name.split()[0] for name in CASES} == set(rules())


def lacking(rule, board_uids):
    """What an alert for people can't be without."""
    labels, annotations = rule["labels"], rule["annotations"]
    page = annotations.get("runbook", "")
    text = (PROJECT / page).read_text(encoding="utf-8") if page and (PROJECT / page).is_file() else ""
    there = {
        "owner": bool(labels.get("team")),
        "runbook": f"**{rule['alert']}.**" in text,
        "dashboard": annotations.get("dashboard_url", "").removeprefix(f"{GRAFANA}/d/") in board_uids,
        "test": any(name.split()[0] == rule["alert"] for name in CASES),
    }
    return [what for what, is_there in there.items() if not is_there]


@pytest.mark.parametrize("name", STACKS)
def test_every_alert_has_an_owner_a_runbook_a_dashboard_and_a_test(name):
    uids = {board.uid for board in boards(stack_settings(name))}
    assert {alert: wrong for alert, rule in rules(name).items() if (wrong := lacking(rule, uids))} == {}


def test_an_alert_without_any_of_them_is_found():
    bare = {"alert": "Bare", "labels": {"severity": "warning"}, "annotations": {}}
    assert lacking(bare, {"ballast-overview"}) == ["owner", "runbook", "dashboard", "test"]


@pytest.mark.parametrize("name", STACKS)
def test_every_metric_and_label_of_an_alert_is_told_by_some_program(name):
    targets = [{"expr": rule["expr"], "datasource": {"type": "prometheus"}} for rule in rules(name).values()]
    dashboard = {"uid": "alerts", "panels": [{"title": "alerts", "targets": targets}]}
    assert refusals(dashboard, known(name)) == []


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What promtool says of every case, played at once."""
    need_programs("promtool")
    plays = {
        (name, gap): Play(rule=rules()[name.split()[0]], case=case, gap=gap)
        for name, case in CASES.items()
        for gap in (False, True)
    }
    return played(tmp_path_factory.mktemp("played"), plays)


@pytest.mark.programs
@pytest.mark.parametrize("gap", [False, True], ids=["every scrape", "two failed scrapes"])
@pytest.mark.parametrize("name", CASES)
def test_it_fires_at_its_time_not_just_below_and_resolves(complaints, name, gap):
    assert complaints[name, gap] == ""


@pytest.mark.programs
@pytest.mark.parametrize("name", STACKS)
def test_promtool_finds_nothing_to_complain_of(tmp_path, name):
    need_programs("promtool")
    groups = [{"name": "alerts", "rules": list(rules(name).values())}]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    answer = promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr
