"""Alerts that contradict each other are refused with one sentence, before anything is declared."""

from __future__ import annotations

import pytest

from components.composition.alert_judgement import refusals
from components.composition.rooms import offered
from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.offer import Board, Signals
from tests.harness.declare import STACKS, stack_settings

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL


def alert(name, expression="max(filled) > 0.9", severity=WARNING):
    return Alert(name=name, expression=expression, severity=severity, summary="full", description="It is full.")


def judged(*alerts):
    return list(
        refusals([Signals(name=f"room-{one}", board=Board.OVERVIEW, alerts=[a]) for one, a in enumerate(alerts)])
    )


@pytest.mark.parametrize("name", STACKS)
def test_nothing_is_wrong_with_what_is_declared(name):
    assert list(refusals(offered(stack_settings(name)))) == []


@pytest.mark.parametrize(
    ("alerts", "words"),
    [
        ([alert("Full"), alert("Full", "max(other) > 1")], "2 alerts are called Full"),
        ([alert("Unheard", severity=None)], "Unheard has no severity, so nobody is told"),
        (
            [alert("Low", "max(filled) > 0.9"), alert("Full", "max(filled) > 0.8", CRITICAL)],
            "Full (critical) fires before Low (warning)",
        ),
        (
            [alert("Low", "min(free) < 5"), alert("Full", "min(free) < 10", CRITICAL)],
            "Full (critical) fires before Low (warning)",
        ),
    ],
)
def test_a_contradiction_is_refused_with_one_sentence(alerts, words):
    (sentence,) = judged(*alerts)
    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "alerts",
    [
        [alert("Low", "max(filled) > 0.8"), alert("Full", "max(filled) > 0.9", CRITICAL)],
        [alert("Low", "min(free) < 10"), alert("Full", "min(free) < 5", CRITICAL)],
        [alert("Low", "max(filled) > 0.9"), alert("Other", "max(heap) > 0.8", CRITICAL)],
    ],
)
def test_thresholds_in_their_order_are_fine(alerts):
    assert judged(*alerts) == []
