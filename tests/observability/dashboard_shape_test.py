"""Dashboards as Grafana reads them: names, places, units, words and size."""

from __future__ import annotations

import itertools
import json
from functools import cache

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from components.composition.dashboards.catalogue import boards
from components.observability.grafana.datasources import DataSources
from tests.harness.applied import SHOWN, shown

pytestmark = pytest.mark.parametrize("name", SHOWN)

CONFIG_MAP_BYTES = 900_000
UNITS = {"short", "percentunit", "bytes", "Bps", "ops", "s", "h", "currencyUSD"}
"""Of Grafana's ids (packages/grafana-data, valueFormats/categories.ts) those that are used here."""


@cache
def texts(name):
    return [board.json() for board in boards(shown(name))]


@cache
def dashboards(name):
    return [json.loads(text) for text in texts(name)]


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def data_panels(name):
    return [panel for dashboard in dashboards(name) for panel in panels(dashboard) if panel["type"] != "row"]


def test_the_sdk_reads_back_exactly_what_was_written(name):
    for text in texts(name):
        again = json.dumps(Dashboard.from_json(json.loads(text)), cls=JSONEncoder, indent=1, sort_keys=True)
        assert again == text


def test_every_dashboard_has_a_uid_of_its_own_that_grafana_accepts(name):
    uids = [dashboard["uid"] for dashboard in dashboards(name)]
    assert len(set(uids)) == len(uids) >= 2
    assert all(0 < len(uid) <= 40 and uid.isascii() for uid in uids)


def test_panels_are_told_apart_by_number_and_by_title(name):
    for dashboard in dashboards(name):
        for key in ("id", "title"):
            found = [panel[key] for panel in panels(dashboard) if key == "id" or panel["type"] != "row"]
            assert len(set(found)) == len(found), dashboard["uid"]


def test_every_panel_says_in_which_unit_it_counts_how_to_read_it_and_whom_it_asks(name):
    sources = {
        source["uid"] for source in DataSources(scrape_interval=_interval(name), loki=True).file()["datasources"]
    }
    for panel in data_panels(name):
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["targets"], panel["title"]
        for asked in (panel, *panel["targets"]):
            assert asked["datasource"]["uid"] in sources, panel["title"]


def _interval(name):
    return shown(name).prometheus.scrape_interval


def test_no_panel_lies_on_another_or_beyond_the_edge(name):
    for dashboard in dashboards(name):
        places = [(panel["title"], panel["gridPos"]) for panel in panels(dashboard)]
        assert all(place["x"] + place["w"] <= 24 and place["w"] > 0 and place["h"] > 0 for _, place in places)
        for (title, one), (other_title, other) in itertools.combinations(places, 2):
            apart = (
                one["x"] + one["w"] <= other["x"]
                or other["x"] + other["w"] <= one["x"]
                or one["y"] + one["h"] <= other["y"]
                or other["y"] + other["h"] <= one["y"]
            )
            assert apart, f"{title} lies on {other_title}"


def test_rows_have_no_holes(name):
    for dashboard in dashboards(name):
        widths: dict[int, int] = {}
        for panel in panels(dashboard):
            widths[panel["gridPos"]["y"]] = widths.get(panel["gridPos"]["y"], 0) + panel["gridPos"]["w"]
        assert set(widths.values()) == {24}, dashboard["uid"]


def test_people_can_not_change_what_files_say(name):
    assert not any(dashboard["editable"] for dashboard in dashboards(name))


def test_each_fits_in_a_config_map_of_its_own(name):
    assert all(len(text.encode()) < CONFIG_MAP_BYTES for text in texts(name))


def test_a_figure_that_nobody_tells_is_not_green(name):
    figures = [panel for panel in data_panels(name) if panel["type"] == "stat"]
    assert figures
    assert {panel["fieldConfig"]["defaults"]["noValue"] for panel in figures} == {"unknown"}


def test_the_age_of_every_stores_snapshots_is_measured_against_its_own_recovery_point(name):
    stack = shown(name)
    (panel,) = [panel for panel in data_panels(name) if panel["title"] == "Age against the recovery point"]
    asked = {target["legendFormat"]: target["expr"] for target in panel["targets"]}
    volumes = {f"volume-{key}": it.recovery for key, it in stack.volumes.items()}
    promised = {"opensearch": stack.opensearch.recovery, **volumes}
    for store in ("qdrant", "chroma"):
        if (settings := getattr(stack, store)) is not None:
            promised[store] = settings.recovery
    assert set(asked) == set(promised)
    for store, recovery in promised.items():
        assert f'store="{store}"' in asked[store]
        assert asked[store].endswith(f"/ {int(recovery.recovery_point)})")


def test_there_are_no_panels_of_what_the_stack_does_not_have(name):
    stack = shown(name)
    asked = "".join(target["expr"] for panel in data_panels(name) for target in panel["targets"])
    assert ("qdrant_" in asked) == (stack.qdrant is not None)
    assert ("loki_" in asked) == (stack.loki is not None)
