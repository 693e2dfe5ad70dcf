"""Data sources and dashboards as Grafana finds them, against a strict model of what it documents."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from components.observability.grafana import paths, provisioning
from components.observability.grafana.datasources import DataSources
from components.observability.loki.configuration import loki_configuration
from tests.harness.declare import stack_settings

GOLDEN = Path(__file__).parent / "golden"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Source(_Strict):
    name: str
    uid: Annotated[str, Field(max_length=40)]
    type: Literal["prometheus", "loki", "tempo", "alertmanager"]
    access: Literal["proxy"]
    url: Annotated[str, StringConstraints(pattern=r"^http://[a-z]+\.observability\.svc:[0-9]+$")]
    isDefault: bool  # noqa: N815 - Grafana's word
    editable: Literal[False]
    jsonData: dict  # noqa: N815 - Grafana's word


class _Sources(_Strict):
    apiVersion: Literal[1]  # noqa: N815 - Grafana's word
    prune: Literal[True]
    datasources: list[_Source]


#: jsonData of each kind, from its documentation "Provision the data source".
DOCUMENTED_DATA = {
    "prometheus": {"httpMethod", "prometheusType", "timeInterval", "exemplarTraceIdDestinations"},
    "tempo": {"nodeGraph", "serviceMap", "tracesToMetrics", "tracesToLogsV2"},
    "loki": {"derivedFields"},
    "alertmanager": {"implementation", "handleGrafanaManagedAlerts"},
}


def sources(*, loki=True):
    return DataSources(scrape_interval=stack_settings("prod").prometheus.scrape_interval, loki=loki).file()


def provisioned():
    return provisioning.files(DataSources(scrape_interval=stack_settings("prod").prometheus.scrape_interval, loki=True))


def source(uid, **kinds):
    (found,) = [one for one in sources(**kinds)["datasources"] if one["uid"] == uid]
    return found["jsonData"]


@pytest.mark.parametrize("loki", [True, False])
def test_data_sources_are_fixed_and_have_no_key_that_grafana_does_not_document(loki):
    found = _Sources.model_validate(sources(loki=loki))
    assert {one.uid for one in found.datasources} == {
        "prometheus",
        "tempo",
        "alertmanager",
        *(["loki"] if loki else []),
    }
    assert [one.uid for one in found.datasources if one.isDefault] == ["prometheus"]
    for one in found.datasources:
        assert set(one.jsonData) <= DOCUMENTED_DATA[one.type]


def test_one_click_leads_from_each_signal_to_the_next():
    assert {(one["name"], one["datasourceUid"]) for one in source("prometheus")["exemplarTraceIdDestinations"]} == {
        ("trace_id", "tempo"),
        ("traceID", "tempo"),
    }
    assert source("tempo")["tracesToLogsV2"]["datasourceUid"] == "loki"
    assert source("tempo")["tracesToMetrics"]["datasourceUid"] == "prometheus"
    assert source("tempo")["serviceMap"]["datasourceUid"] == "prometheus"
    (link,) = source("loki")["derivedFields"]
    assert (link["matcherType"], link["matcherRegex"], link["datasourceUid"]) == ("label", "trace_id", "tempo")


def test_without_loki_no_link_leads_to_it():
    assert "loki" not in str(sources(loki=False))


def test_links_name_labels_that_loki_has():
    prod = stack_settings("prod")
    assert prod.loki is not None
    known = yaml.safe_dump(loki_configuration(prod.loki))
    for tag in source("tempo")["tracesToLogsV2"]["tags"]:
        assert tag["key"] in known
        assert tag["value"] == tag["key"].replace(".", "_")


def expanded(text):
    """The file as Grafana reads it: variables of the environment in place of $NAME, and $$ for a dollar."""
    marked = text.replace("$$", "\0")
    assert "$" not in marked, "Grafana would put a variable of its environment here"
    return marked.replace("\0", "$")


def test_dollars_that_are_meant_for_links_outlive_the_reading_of_the_file():
    found = yaml.safe_load(expanded(provisioned()[provisioning.DATA_SOURCES]))
    by_uid = {one["uid"]: one["jsonData"] for one in found["datasources"]}
    assert by_uid["loki"]["derivedFields"][0]["url"] == "${__value.raw}"
    assert by_uid["tempo"]["tracesToLogsV2"]["query"] == '{${__tags}} | trace_id="${__trace.traceId}"'
    assert all("{$__tags" in query["query"] for query in by_uid["tempo"]["tracesToMetrics"]["queries"])


def test_dashboards_come_from_files_alone():
    (provider,) = provisioning.providers()["providers"]
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is True
    assert provider["options"] == {"path": paths.DASHBOARDS, "foldersFromFilesStructure": True}


@pytest.mark.parametrize("name", [provisioning.DATA_SOURCES, provisioning.PROVIDERS])
def test_a_change_of_what_grafana_reads_is_seen_in_review(name):
    """After reading the difference: BALLAST_GOLDEN=write pytest tests/observability -k seen_in_review."""
    path, text = GOLDEN / f"grafana-{name}", provisioned()[name]
    if os.environ.get("BALLAST_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
