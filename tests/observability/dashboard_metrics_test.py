"""Every query of a dashboard can show something: it is PromQL, and its metrics and labels are known."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from components.composition.dashboards.catalogue import boards
from components.observability.grafana.datasources import TEMPO, DataSources
from tests.harness.alert_timelines import known
from tests.harness.applied import APPLIED, SHOWN, shown
from tests.harness.cluster import need_programs
from tests.harness.declare import PROJECT, stack_settings
from tests.observability.catalogue.capture import CAPTURES
from tests.observability.catalogue.exposition import HERE, everything, read
from tests.observability.catalogue.judge import metrics_of, refusals

RECORDED = ("loki",)
"""Programs whose metrics were captured once, and that are no longer built: they are under the AGPL."""

EVERYTHING = stack_settings("prod")


def dashboards(stack=EVERYTHING):
    return [json.loads(board.json()) for board in boards(stack)]


@pytest.mark.parametrize("name", SHOWN)
def test_every_metric_and_every_label_is_told_by_some_program(name):
    found = [sentence for one in dashboards(shown(name)) for sentence in refusals(one, known(name))]
    assert found == []


def test_a_stack_without_parts_asks_for_nothing_that_is_unknown():
    bare = EVERYTHING.model_copy(update={"qdrant": None, "loki": None})
    assert [sentence for one in dashboards(bare) for sentence in refusals(one, known())] == []


def test_the_queries_that_a_span_leads_to_are_judged_too():
    interval = stack_settings("prod").prometheus.scrape_interval
    (tempo,) = [
        one for one in DataSources(scrape_interval=interval, loki=True).file()["datasources"] if one["uid"] == TEMPO
    ]
    links = tempo["jsonData"]["tracesToMetrics"]
    # Grafana writes the span's service here, as a matcher of the label that the link names.
    (tag,) = links["tags"]
    for query in links["queries"]:
        expression = query["query"].replace("$$__tags", f'{tag["value"]}="checkout"')
        assert refusals(with_query(expression, query["name"]), everything()) == []


def with_query(expression, legend="__auto"):
    dashboard = copy.deepcopy(dashboards()[0])
    panel = next(panel for panel in dashboard["panels"] if panel["title"] == "Last attempt")
    panel["targets"][0] |= {"expr": expression, "legendFormat": legend}
    return dashboard


@pytest.mark.parametrize(
    ("expression", "legend", "words"),
    [
        # The name that most published dashboards of the collector use, and that ours does not tell.
        ("sum(otelcol_receiver_refused_spans_total)", "", ["otelcol_receiver_refused_spans_total", "no program here"]),
        ("sum by (colour) (elasticsearch_cluster_health_status)", "", ["`colour`"]),
        ('up{colour="red"}', "", ["`colour`"]),
        ("up / on (colour) up", "", ["`colour`"]),
        ("up", "{{colour}}", ["`colour`"]),
        ("sum(up", "", ["no PromQL"]),
        ("sum(rate(up[5m * 2]))", "", ["no PromQL"]),
        ('{__name__=~".+"}', "", ["without the name of a metric"]),
    ],
)
def test_a_query_that_would_show_nothing_is_refused_with_one_sentence(expression, legend, words):
    (sentence, *more) = refusals(with_query(expression, legend), everything())
    assert more == []
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for word in ("`Last attempt`", "`ballast-overview`", *words):
        assert word in sentence


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("max by (name) (last_over_time(elasticsearch_filesystem_data_available_bytes[5m]))", "bytes"),
        ("sum(rate(container_fs_reads_bytes_total[5m]))", "Bps"),
        ("histogram_quantile(0.9, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))", "s"),
        ("application:calls_failed:ratio5m", "percentunit"),
        ("application:calls_seconds:quantile5m", "s"),
    ],
)
def test_a_panel_in_another_unit_than_its_query_is_refused_with_one_sentence(query, counts):
    (sentence,) = refusals(with_query(query), known(APPLIED))
    assert (
        f"panel `Last attempt` of dashboard `ballast-overview` shows `short`, but its query counts in `{counts}`"
        in (sentence)
    )
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "asks for nothing"),
        ("label_values(no_such_metric, pod)", "no program here tells `no_such_metric`"),
        ("label_values(elasticsearch_cluster_health_status, colour)", "has no label `colour`"),
    ],
)
def test_a_variable_without_values_is_refused_with_one_sentence(query, words):
    variable = {"name": "store", "type": "query", "query": query}
    (sentence,) = refusals({**dashboards()[0], "templating": {"list": [variable]}}, everything())
    assert "variable `store` of dashboard `ballast-overview` has no values" in sentence
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("query", ["label_values(elasticsearch_cluster_health_status, color)", "one,two"])
def test_a_variable_with_values_is_fine(query):
    variable = {"name": "store", "query": {"query": query}}
    assert refusals({**dashboards()[0], "templating": {"list": [variable]}}, everything()) == []


def test_a_misspelt_metric_is_answered_with_the_one_that_is_told():
    (sentence,) = refusals(with_query("otelcol_exporter_queue_sizes"), everything())
    assert "`otelcol_exporter_queue_size` is told" in sentence


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (json.dumps(with_query("no_such_metric")), "`no_such_metric`, which no program here tells"),
        ("{", "can't be read as a dashboard"),
    ],
)
def test_the_command_refuses_a_file_with_one_sentence(tmp_path, content, word):
    path = tmp_path / "dashboard.json"
    path.write_text(content)
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.observability.catalogue.judge", path],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert word in answer.stderr


def test_a_file_says_where_its_names_come_from():
    for path in HERE.glob("*.txt"):
        head = path.read_text(encoding="utf-8").splitlines()[0]
        assert head.startswith("# seen: " if path.name.startswith("seen-") else "# documented, not seen: "), path.name
    assert {path.name for path in HERE.glob("seen-*")} == {f"seen-{program}.txt" for program in (*CAPTURES, *RECORDED)}


@pytest.mark.programs
@pytest.mark.parametrize("program", CAPTURES)
def test_the_program_still_tells_what_dashboards_ask_it_for(program, tmp_path):
    if program != "snapshot-metrics":
        need_programs(program)
    known = read(HERE / f"seen-{program}.txt")
    asked = {name for one in dashboards() for name in metrics_of(one)} & known.keys()
    assert asked
    told = CAPTURES[program](tmp_path)
    assert asked <= told.keys()
    assert all(known[name].labels <= told[name].labels for name in asked)
