"""Applications of a stack file: their alerts keep the numbers that were asked for, and nothing of them is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from components.applications.models.prices import prices
from components.applications.models.signals import stale
from components.composition.alert_judgement import refusals
from components.composition.dashboards.catalogue import boards
from components.composition.rooms import offered
from tests.harness.alert_timelines import Case, Play, known, labelled, played, promtool
from tests.harness.applied import APPLIED, applied
from tests.harness.cluster import need_programs
from tests.harness.declare import PROJECT, declare_stack
from tests.harness.mutants import mutants, sampled
from tests.observability.application_cases import LIMITS, case
from tests.observability.catalogue.judge import refusals as unknown
from tests.observability.objective_cases import burning, burns

if TYPE_CHECKING:
    from components.signals.objectives import Slo

SLOS: list[Slo] = [slo for one in offered(applied(), "applications") for slo in one.slos]
BURNING = ("ApplicationAvailability", "ApplicationQuickness")
RULES = {name: rule for name, rule in labelled(APPLIED).items() if not name.startswith(BURNING)}
SURVIVORS = 0.02


def test_every_limit_of_the_example_has_its_numbers_and_every_number_its_limit():
    assert set(RULES) == set(LIMITS)
    assert {name: rule.get("for", "") for name, rule in RULES.items()} == {n: one.after for n, one in LIMITS.items()}


def test_nothing_contradicts_itself_and_everybody_is_told():
    assert list(refusals(offered(applied()))) == []


@pytest.mark.parametrize("name", labelled(APPLIED))
def test_every_alert_has_an_owner_a_runbook_and_a_dashboard(name):
    rule = labelled(APPLIED)[name]
    applications = applied().applications
    assert rule["labels"]["team"] == applications[rule["labels"]["application"]].team
    assert rule["labels"]["namespace"] == applications[rule["labels"]["application"]].namespace
    text = (PROJECT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
    assert f"**{rule['alert']}.**" in text
    uid = rule["annotations"]["dashboard_url"].rpartition("/")[2]
    assert uid in {board.uid for board in boards(applied())}


def test_every_metric_that_is_asked_for_is_told_by_a_convention_or_named_by_the_application():
    groups = [group for one in offered(applied(), "applications") for group in one.groups("http://grafana")]
    targets = [
        {"expr": rule["expr"], "datasource": {"type": "prometheus"}} for group in groups for rule in group["rules"]
    ]
    dashboard = {"uid": "rules", "panels": [{"title": "rules", "targets": targets}]}
    assert unknown(dashboard, known(APPLIED)) == []


@pytest.mark.programs
def test_each_fires_at_its_limit_not_just_below_and_resolves(tmp_path):
    need_programs("promtool")
    plays = {(n, gap): Play(rule=rule, case=case(n), gap=gap) for n, rule in RULES.items() for gap in (False, True)}
    assert {name: said for name, said in played(tmp_path, plays).items() if said} == {}


@pytest.mark.programs
def test_objectives_of_applications_burn_like_those_of_the_platform(tmp_path):
    need_programs("promtool")
    rules = labelled(APPLIED)
    plays = {}
    for slo, word, burn in burning(SLOS):
        labels = slo.labels
        severity = "critical" if word == "BurnsFast" else "warning"
        rule = rules[" ".join([f"{slo.family}{word}", labels["application"], labels["signal"], severity])]
        for spared in (burn.long, burn.short):
            plays[slo.name, word, burn.long, spared] = Play(rule=rule, case=burns(slo, burn, spared))
    assert len(plays) == 8 * len(SLOS) > 0
    assert {name: said for name, said in played(tmp_path, plays).items() if said} == {}


@pytest.mark.programs
def test_a_table_of_prices_is_called_stale_after_ninety_days(tmp_path):
    need_programs("promtool")
    table = replace(prices(), as_of=date(1970, 1, 1))
    rule = {**stale(table).rule({}, {}), "annotations": {}}
    told = {"alertname": "ModelPricesStale"}
    test = {
        "interval": "1d",
        "alert_rule_test": [
            {**told, "eval_time": "90d", "exp_alerts": []},
            {**told, "eval_time": "91d", "exp_alerts": [{"exp_labels": {"severity": "info"}}]},
        ],
    }
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "prices", "rules": [rule]}]}))
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1d", "tests": [test]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(content))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.programs
def test_promtool_finds_nothing_to_complain_of(tmp_path):
    need_programs("promtool")
    groups = [group for one in offered(applied(), "applications") for group in one.groups("http://grafana")]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    answer = promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.programs
def test_a_changed_alert_is_noticed(tmp_path):
    need_programs("promtool")
    cases: dict[str, Case] = {name: case(name) for name in RULES}
    chosen = sampled(RULES, cases, seed=17, count=60)
    complaints = played(tmp_path, chosen)
    survive = [name for name, said in complaints.items() if not said]
    assert len(complaints) > 50
    assert len(survive) < SURVIVORS * len(complaints), survive
    assert {what.split()[0] for name in RULES for what, _ in mutants(RULES[name])} >= {"severity", "team", "for"}


def test_the_program_declares_their_rules_and_their_dashboards():
    declared = declare_stack(applied(), "prod").resources
    rules = {one.object_name: one.inputs["spec"]["groups"] for one in declared if one.kind == "PrometheusRule"}
    assert {"applications", "models"} <= set(rules)
    assert len(rules["applications"][0]["rules"]) > len(RULES)
    maps = "".join(str(one.inputs) for one in declared if one.kind == "ConfigMap")
    assert '"uid": "ballast-applications"' in maps
    assert '"uid": "ballast-models"' in maps
