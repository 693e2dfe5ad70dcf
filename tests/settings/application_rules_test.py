"""Rules of what applications tell, each broken once in the example of docs/applications.md."""

from __future__ import annotations

import pytest

from components.settings.report import SettingsError
from components.settings.thresholds import Threshold
from tests.harness.applied import applied, example

APPLICATIONS = "ballast:applications"
SIGNALS = f"{APPLICATIONS}.%s.signals"
KB, LIFE, ORCHESTRATOR = (SIGNALS % name for name in ("knowledge", "life", "orchestrator"))
SLOW = "p99: {warning: 150ms for 5m, critical: 500ms for 2m}"
BROKEN = {
    "a time where a share belongs": (
        "errors: {warning: 1% for 5m}",
        "errors: {warning: 1s for 5m}",
        f"{KB}.calls.queries.errors.warning",
        "a share in percent",
    ),
    "a share where a time belongs": (
        SLOW,
        "p99: {warning: 15% for 5m}",
        f"{KB}.calls.queries.p99.warning",
        "a time in ms or s",
    ),
    "a time without a unit": (
        SLOW,
        "p99: {warning: 150 for 5m}",
        f"{KB}.calls.queries.p99.warning",
        "a time in ms or s",
    ),
    "a limit that lasts for no time": (
        SLOW,
        "p99: {warning: 150ms}",
        f"{KB}.calls.queries.p99.warning",
        "how long it lasts",
    ),
    "a cost that is shared by what nobody counts": (
        "sharedBy: tasks",
        "sharedBy: runs",
        f"{ORCHESTRATOR}.spend.sharedBy",
        "is runs, which is none of the application's calls",
    ),
    "dollars without their sign": (
        "day: {warning: $500}",
        "day: {warning: 500}",
        f"{ORCHESTRATOR}.spend.day.warning",
        "whole dollars behind a $",
    ),
    "a warning above critical": (
        SLOW,
        "p99: {warning: 500ms for 5m, critical: 150ms for 2m}",
        f"{KB}.calls.queries.p99.critical",
        "is 150ms for 2m, which comes before the warning",
    ),
    "a warning that is the critical one": (
        SLOW,
        "p99: {warning: 1s for 5m, critical: 1000ms for 2m}",
        f"{KB}.calls.queries.p99.critical",
        "write one above",
    ),
    "a warning below critical where less is worse": (
        "hitRatio: {warning: 50% for 10m}",
        "hitRatio: {warning: 50% for 10m, critical: 60% for 10m}",
        f"{KB}.caches.embeddings.hitRatio.critical",
        "write one below the warning",
    ),
    "a limit without any": (SLOW, "p99: {}", f"{KB}.calls.queries.p99", "has no limit"),
    "calls that are counted twice": (
        "            convention: messaging",
        "            convention: messaging\n            metric: job_duration_seconds",
        f"{LIFE}.calls.jobs",
        "but has both",
    ),
    "calls that are not counted": ("            convention: messaging\n", "", f"{LIFE}.calls.jobs", "but has neither"),
    "an unknown convention": (
        "convention: messaging",
        "convention: statsd",
        f"{LIFE}.calls.jobs.convention",
        "messaging",
    ),
    "failures that nobody marks": (
        "            failed: [status=error]\n",
        "",
        f"{KB}.calls.queries",
        "nothing says which calls",
    ),
    "milliseconds": (
        "metric: kb_query_duration_seconds",
        "metric: kb_query_duration_milliseconds",
        f"{KB}.calls.queries.metric",
        "must end in _seconds",
    ),
    "a counter that is none": (
        "hits: kb_embedding_cache_hits_total",
        "hits: kb_embedding_cache_hits",
        f"{KB}.caches.embeddings.hits",
        "must end in _total",
    ),
    "a series of a histogram": (
        "metric: kb_query_duration_seconds",
        "metric: kb_query_duration_seconds_bucket",
        f"{KB}.calls.queries.metric",
        "as Prometheus names it",
    ),
    "a matcher that is PromQL": (
        "matching: [queue=default]",
        'matching: ["queue=~default"]',
        f"{LIFE}.queues.worker.matching[0]",
        "label=value",
    ),
    "a limit of what is not measured": (
        "            waiting: worker_backlog\n",
        "",
        f"{LIFE}.queues.worker.backlog",
        "is a limit of waiting",
    ),
    "a queue of nothing": (
        "            oldest: pg_replication_lag_seconds\n            lag: {warning: 60s for 5m}",
        "            matching: [queue=a]",
        f"{ORCHESTRATOR}.queues.replication",
        "names no metric",
    ),
    "an objective of everything": (
        "availability: 99.9%",
        "availability: 100%",
        f"{KB}.calls.queries.availability",
        "leaves nothing to spend",
    ),
    "a time at which no bucket ends": (
        "within: 500ms",
        "within: 400ms",
        f"{LIFE}.calls.web.quick.within",
        "no bucket of http ends there",
    ),
    "a team that nobody knows": (
        "      team: search",
        "      team: serch",
        f"{APPLICATIONS}.orchestrator.team",
        "none of alertmanager.teams",
    ),
    "a service of two applications": (
        "      namespace: life\n",
        "      namespace: life\n      services: [knowledge]\n",
        f"{APPLICATIONS}.life.services",
        "belongs to knowledge",
    ),
}


def refused(section):
    with pytest.raises(SettingsError) as error:
        applied(section)
    return error.value.mistakes


@pytest.mark.parametrize("what", BROKEN)
def test_it_is_refused_in_one_sentence_at_its_key(what):
    old, new, key, words = BROKEN[what]
    assert example().count(old) == 1, old
    (mistake,) = refused(example().replace(old, new))
    assert mistake.key == key
    assert words in f"{mistake.problem} {mistake.remedy}"
    assert mistake.line is not None
    assert "\n" not in mistake.problem + mistake.remedy


def test_an_application_that_tells_nothing_is_refused():
    (mistake,) = refused("  ballast:applications:\n    quiet:\n      namespace: quiet\n      signals: {}\n")
    assert (mistake.key, mistake.problem) == (f"{APPLICATIONS}.quiet.signals", "names nothing that is measured")


@pytest.mark.parametrize(
    ("key", "line", "words"),
    [
        ("spend.month", "spend: {month: {critical: $10000}}", "looks 30d back, but Prometheus keeps 7d"),
        ("spend.againstAverage", "spend: {againstAverage: {warning: 2x}}", "looks 8d back"),
        ("calls.web.availability", "calls: {web: {convention: http, availability: 99%}}", "no section objectives"),
    ],
)
def test_what_prometheus_forgets_is_not_judged(key, line, words, mistakes):
    section = f"\n  ballast:applications:\n    life:\n      namespace: life\n      signals:\n        {line}\n"
    before = "\n  ballast:alertmanager:\n"
    found = mistakes("dev", (before, f"{section}{before}"))
    (mistake,) = found.values()
    assert mistake.key == f"{SIGNALS % 'life'}.{key}"
    assert words in mistake.problem


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("5% for 5m", 0.05, 300),
        ("0.1% at once", 0.001, None),
        ("150ms for 2m", 0.15, 120),
        ("30s for 1h", 30, 3600),
        ("1000 for 10m", 1000, 600),
        ("10/min for 5m", 10 / 60, 300),
        ("100/s for 10m", 100, 600),
        ("0.90 for 1h", 0.9, 3600),
        ("$10000", 10_000, None),
        ("2x", 2, None),
        ("95%", 0.95, None),
    ],
)
def test_a_limit_means_what_it_says(text, value, after):
    found = Threshold.parse(text)
    assert found.value == pytest.approx(value, abs=1e-8)
    assert found.after == after
