"""Every alert that was asked for is there with its number and severity, or the page says in what it differs."""

from __future__ import annotations

import re

import pytest

from tests.harness.declare import PROJECT
from tests.harness.seed_alerts import PAGE, REFRESH, SEEDS, written

KEPT = [seed for seed in SEEDS if seed.alert]


@pytest.mark.parametrize("seed", KEPT, ids=lambda seed: f"{seed.requirement} {seed.asked}")
def test_the_alert_keeps_the_number_and_the_severity(seed):
    rule = seed.rule
    assert rule["expr"].endswith(f" {seed.compared}")
    assert rule.get("for", "") == seed.after
    assert seed.severity in {"", rule["labels"]["severity"]}


def test_what_is_not_kept_says_why():
    assert {seed.otherwise for seed in SEEDS if not seed.alert} == {"comes with that store"}
    for seed in KEPT:
        asked = re.search(r"for (\d+m)", seed.asked)
        assert seed.otherwise or asked is None or asked[1] == seed.after, seed.asked


def test_each_of_the_four_lists_is_there():
    assert {seed.requirement for seed in SEEDS} == {"M6", "O4", "K3", "K4", "L2", "L7"}
    assert len({(seed.requirement, seed.asked) for seed in SEEDS}) == len(SEEDS)
    assert sum(seed.requirement == "O4" for seed in SEEDS) >= 18


def test_the_table_of_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == written(), f"run {REFRESH}"
    assert PAGE.is_relative_to(PROJECT)
