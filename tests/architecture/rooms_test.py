"""Signals stand beside what they are about: a new room brings its own, and what shows them names none."""

from __future__ import annotations

import importlib
import json
import re
import sys

import pytest

from components import stores
from components.composition.dashboards.catalogue import boards
from components.composition.rooms import offered
from components.settings.stores import STORE_KINDS
from tests.harness.declare import PROJECT, stack_settings

SHOWING = [
    path
    for folder in (
        "components/composition/dashboards",
        "components/observability/alertmanager",
        "components/observability/grafana",
        "components/observability/prometheus",
        "components/signals",
    )
    for path in sorted((PROJECT / folder).rglob("*.*"))
    if path.suffix in {".py", ".sh"}
]

TOY = """
from components.signals.alerts import Alert
from components.signals.offer import Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel


def signals(stack):
    figure = StatPanel(title="Toys", description="Toys there are.", unit="short", query="sum(up)")
    lines = TimeSeriesPanel(title="Toys by pod", description="Where.", unit="short", queries=[Query("up", "{{pod}}")])
    alert = Alert(name="ToyLost", expression="up == 0", severity=None, summary="A toy is lost", description="Look.")
    return Signals(name="toy", stats=[figure], rows=[Row("Toy store", [lines])], alerts=[alert])
"""


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_shows_signals_names_no_store(path):
    text = path.read_text(encoding="utf-8")
    assert (
        re.findall(
            rf"(?i){'|'.join(kind.section for kind in STORE_KINDS)}|elasticsearch|\bvectors\b",
            re.sub(r'"?volumes?\w*"?', "", text),
        )
        == []
    )


@pytest.fixture
def _toy(tmp_path, monkeypatch):
    room = tmp_path / "toy"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "signals.py").write_text(TOY)
    monkeypatch.setattr(stores, "__path__", [*stores.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield
    for name in ("components.stores.toy", "components.stores.toy.signals"):
        sys.modules.pop(name, None)
    vars(stores).pop("toy", None)


def panels(stack, uid="ballast-overview"):
    (board,) = [json.loads(board.json()) for board in boards(stack) if board.uid == uid]
    return {panel["title"]: panel["gridPos"] for panel in board["panels"] if panel["type"] != "row"}


@pytest.mark.usefixtures("_toy")
def test_a_new_room_brings_its_panels_its_row_and_its_alerts():
    stack = stack_settings("prod")
    found = panels(stack)
    assert "Toys" in found
    assert set(panels(stack, "ballast-toy")) == {"Toys", "Toys by pod"}
    # A line has place for six figures: more take two.
    heads = [
        place["y"] for title, place in found.items() if title in {"Toys", "Health of OpenSearch", "Nodes not ready"}
    ]
    assert len(set(heads)) == 2
    assert "ToyLost" in {alert.name for one in offered(stack) for alert in one.alerts}


def test_without_the_room_there_is_nothing_of_it():
    stack = stack_settings("prod")
    assert "Toys" not in panels(stack)
    assert "ballast-toy" not in {board.uid for board in boards(stack)}
    assert "toy" not in {one.name for one in offered(stack)}


def test_rooms_are_told_apart_by_their_names():
    names = [one.name for one in offered(stack_settings("prod"))]
    assert len(set(names)) == len(names) > 5
