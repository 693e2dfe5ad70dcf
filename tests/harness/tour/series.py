"""Seven hours on a platform that doesn't exist: series for the pictures, the same at every run.

For forty minutes, three hours before the end, searches of one application are slow and fail, because a node of the
search cluster is away.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.harness.seed_panels import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

END = 1_790_856_000
"""2026-10-01 12:00 UTC; series end here."""

MINUTES, EVERY, DAYS = 420, 2, 2
BEGAN, ENDED = -180, -140
"""Minutes of the incident, counted from the end; models have been asked for two days."""

LIMITS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
GIB = 2.0**30


@dataclass(frozen=True)
class Course:
    """How a figure goes.

    Attributes:
        usual: its least value.
        height: by how much it comes and goes with the hours.
        worse: its least value during the incident, if that is another.
        phase: when it comes and goes.
    """

    usual: float
    height: float = 0
    worse: float | None = None
    phase: float = 0

    def at(self, minute: int) -> float:
        """Return the value at a minute before the end."""
        is_ill = self.worse is not None and BEGAN <= minute < ENDED
        least = self.worse if is_ill and self.worse is not None else self.usual
        return least + self.height * (1 + math.sin(minute / 90 + self.phase)) / 2


def _opensearch() -> Iterator[tuple[str, Course]]:
    cluster = "elasticsearch_cluster_health"
    for color, usual, worse in (("red", 0, 0), ("yellow", 0, 1), ("green", 1, 0)):
        yield f'{cluster}_status{{color="{color}"}}', Course(usual, worse=worse)
    for kind, usual, worse in (
        ("unassigned", 0, 40),
        ("relocating", 0, 0),
        ("initializing", 0, 6),
        ("active", 180, 140),
    ):
        yield f"{cluster}_{kind}_shards", Course(usual, worse=worse)
    for number in range(3):
        name = f'name="data-{number}"'
        yield f'elasticsearch_jvm_memory_max_bytes{{area="heap", {name}}}', Course(4 * GIB)
        heap = Course(1.8 * GIB, 0.9 * GIB, 2.3 * GIB, number)
        yield f'elasticsearch_jvm_memory_used_bytes{{area="heap", {name}}}', heap
        yield f"elasticsearch_process_cpu_percent{{{name}}}", Course(25, 20, 0 if number == 1 else 60, number)
        yield f"elasticsearch_filesystem_data_available_bytes{{{name}}}", Course((62 - number) * GIB, 2 * GIB)


def _knowledge() -> Iterator[tuple[str, Course]]:
    for signal, rate in (("queries", 90), ("vectors", 140), ("api", 95)):
        of = f'application="knowledge", signal="{signal}"'
        yield f"application:calls:rate5m{{{of}}}", Course(rate, rate / 3)
        yield f"application:calls_failed:ratio5m{{{of}}}", Course(0.0004, 0.0004, 0.034)
        for quantile, usual in (("0.5", 0.012), ("0.95", 0.045), ("0.99", 0.08)):
            time = f'application:calls_seconds:quantile5m{{{of}, quantile="{quantile}"}}'
            yield time, Course(usual, usual / 5, 6 * usual)
    mine = 'application="knowledge", signal='
    yield f'application:cache_hits:ratio5m{{{mine}"embeddings"}}', Course(0.72, 0.1)
    for measure, least, height in (("ndcg", 0.92, 0.01), ("mrr", 0.84, 0.02), ("drift", 0.08, 0.02)):
        yield f'application:quality:avg{{{mine}"{measure}"}}', Course(least, height)
    yield f'application:degraded:max{{{mine}"mode"}}', Course(0, worse=1)
    for name, count in (("notes", 182_000), ("papers", 96_000), ("mail", 41_000)):
        yield f'kb_chromadb_collection_size{{service_name="knowledge", collection="{name}"}}', Course(count)
    yield 'kb_active_projects{service_name="knowledge"}', Course(17)
    for signal, up in (("orchestrator", 1), ("reflex", 0.9986)):
        yield f'application:uptime:ratio1d{{application="orchestrator", signal="{signal}"}}', Course(up)


def _models() -> Iterator[tuple[str, Course]]:
    mine = 'application="orchestrator", signal="models"'
    for window, figure in (("1d", 212.4), ("7d", 391), ("30d", 391), ("against_average", 1.07)):
        yield f"application:spend_dollars:{window}{{{mine}}}", Course(figure)
    for model, hourly in (("gpt-4.1", 5.6), ("gpt-4.1-mini", 2.1)):
        spent = f'application:spend_dollars:rate5m{{{mine}, gen_ai_request_model="{model}"}}'
        yield spent, Course(hourly / 3600, hourly / 3600)


def _objectives() -> Iterator[tuple[str, Course]]:
    board = shown()["ballast-objectives"].json()
    for series in sorted(set(re.findall(r'slo:sli_error:ratio_rate\w+\{slo=\\"[^"]+\\"\}', board))):
        factor = 10 if "uickness" in series else 1
        hit = "knowledge" in series or "OpenSearch" in series
        yield series.replace('\\"', '"'), Course(0.0002 * factor, worse=0.0028 * factor if hit else None)


def gauges() -> Iterator[tuple[str, Course]]:
    """Return each series with how its value goes."""
    yield from _opensearch()
    yield from _knowledge()
    yield from _models()
    yield from _objectives()


def _within(limit: float, scale: float) -> float:
    return 1 - math.exp(-limit / scale)


def counters() -> Iterator[tuple[str, Course]]:
    """Return each series with by how much it grows in a minute."""
    yield "elasticsearch_indices_search_query_total", Course(10_800, 3600)
    yield "elasticsearch_indices_indexing_index_total", Course(2400, 1800, phase=2)
    api = 'http_server_request_duration_seconds_%s{service_name="knowledge", http_route="/search"%s}'
    spread = {
        'kb_query_duration_seconds_bucket{service_name="knowledge", le="%s"}': 0.02,
        'kb_vector_search_duration_seconds_bucket{service_name="knowledge", le="%s"}': 0.008,
        api % ("bucket", ', http_response_status_code="200", le="%s"'): 0.03,
    }
    for series, scale in spread.items():
        for limit in LIMITS:
            counts = [round(6000 * _within(limit, times * scale)) for times in (1, 6)]
            yield series % limit, Course(counts[0], worse=counts[1])
    for status, usual, worse in (("200", 5600, 5400), ("404", 90, 90), ("503", 2, 190)):
        yield api % ("count", f', http_response_status_code="{status}"'), Course(usual, worse=worse)
    for model, calls in (("gpt-4.1", 40), ("gpt-4.1-mini", 110)):
        of = f'service_name="orchestrator", gen_ai_request_model="{model}"'
        yield f"gen_ai_client_operation_duration_seconds_count{{{of}}}", Course(calls, calls)
        for kind, each in (("input", 2400), ("output", 380)):
            used = f'gen_ai_client_token_usage_sum{{{of}, gen_ai_token_type="{kind}"}}'
            yield used, Course(calls * each, calls * each)
    yield 'task_duration_seconds_count{service_name="orchestrator", status="done"}', Course(30, 30)


def exposition() -> str:
    """Return everything as OpenMetrics, with a time for each sample."""
    lines = []
    for series, course in gauges():
        lines += [f"{series} {course.at(m):.10g} {END + 60 * m}" for m in range(-MINUTES, 1, EVERY)]
    for series, course in counters():
        total = 0.0
        for minute in range(-MINUTES, 1, EVERY):
            total += EVERY * course.at(minute)
            lines.append(f"{series} {total:.10g} {END + 60 * minute}")
    for kind, hourly in (("input", 21e6), ("output", 3.3e6)):
        labels = f'application="orchestrator", signal="models", gen_ai_token_type="{kind}"'
        lines += [f"application:tokens:1h{{{labels}}} {hourly:.10g} {END - 3600 * h}" for h in range(24 * DAYS, -1, -1)]
    # In OpenMetrics there is no blank between labels.
    return "\n".join([*(line.replace(", ", ",") for line in lines), "# EOF"]) + "\n"
