"""Rules of metrics, logs and traces, each broken once in a real stack file."""

import re

import pytest

from .conftest import PROJECT, swap

PROD, STAGING, DEV = "prod", "staging", "dev"
METRICS, LOGS, TRACES = "ballast:prometheus", "ballast:loki", "ballast:tempo"
REPLICAS = "version: 3.14.0\n    replicas: 2"
LOKI = "version: 3.7.6\n    cpu: 250m\n    memory: 512Mi\n    disk: 10Gi\n    retention: 7d"
TEMPO = "version: 3.0.3\n    cpu: 250m\n    memory: 1Gi\n    disk: 10Gi\n    retention: 7d"
STREAM = "opensearch: {namespace: opensearch, retention: 90d}"
INDEX_OF_LOGS = 'patterns: ["logs-*"]'


def section(environment, name):
    """A section of a stack file as it stands there without comments."""
    text = (PROJECT / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)[ ]+# .*$|^# .*$", "", text)
    (found,) = re.findall(rf"(?m)^{name}:\n(?:    .*\n)+", text)
    return found


def bucket(environment, name):
    """The s3 of a section."""
    (found,) = re.findall(r"(?m)^    s3:\n(?:      .*\n)+", section(environment, name))
    return found


BROKEN = {
    "a Prometheus of another major version": (DEV, [("3.14.0", "2.55.1")], f"{METRICS}.version", "too old"),
    "a Loki of another major version": (DEV, [("3.7.6", "4.0.0")], f"{LOGS}.version", "newer major"),
    "a Tempo of another major version": (DEV, [("3.0.3", "2.10.8")], f"{TRACES}.version", "too old"),
    "a Grafana of another major version": (DEV, [("13.2.1", "12.4.0")], "ballast:grafana.version", "too old"),
    "a Data Prepper of another major version": (
        PROD,
        [("2.12.0", "1.5.1")],
        "ballast:dataPrepper.version",
        "too old",
    ),
    "more series than the disk holds": (
        PROD,
        [("retention: 30d\n    scrapeInterval", "retention: 60d\n    scrapeInterval")],
        f"{METRICS}.retention",
        "a disk of 161Gi",
    ),
    "more series than its memory holds": (
        PROD,
        [
            ("series: 400000", "series: 1048577"),
            (
                "disk: 100Gi\n    retention: 30d\n    scrapeInterval",
                "disk: 1Ti\n    retention: 30d\n    scrapeInterval",
            ),
        ],
        f"{METRICS}.series",
        "write 1048576 or fewer",
    ),
    "more logs in a day than wait for the bucket": (
        PROD,
        [("dailyVolume: 5Gi\n    streams", "dailyVolume: 40Gi\n    streams")],
        f"{LOGS}.disk",
        "write 51Gi or more",
    ),
    "more traces in a day than wait for the bucket": (
        PROD,
        [("dailyVolume: 5Gi\n    s3", "dailyVolume: 40Gi\n    s3")],
        f"{TRACES}.disk",
        "write 51Gi or more",
    ),
    "slow traces that are judged before they are slow": (
        DEV,
        [("slow: 2s\n      wait: 10s", "slow: 11s\n      wait: 10s")],
        "ballast:collector.sampling.wait",
        "write 11s or more",
    ),
    "targets asked too often": (
        DEV,
        [("scrapeInterval: 30s", "scrapeInterval: 4s")],
        f"{METRICS}.scrapeInterval",
        "5s",
    ),
    "targets asked too seldom": (
        DEV,
        [("scrapeInterval: 30s", "scrapeInterval: 121s")],
        f"{METRICS}.scrapeInterval",
        "gaps show",
    ),
    "prod that is blind while one restarts": (
        PROD,
        [swap(REPLICAS, "replicas: 2", "replicas: 1")],
        f"{METRICS}.replicas",
        "2 or more",
    ),
    "logs that go nowhere": (DEV, [(section(DEV, "  ballast:loki"), "")], LOGS, "kept nowhere"),
    "a Grafana that ends before anybody looks": (
        PROD,
        [
            (
                section(PROD, "  ballast:grafana"),
                section(PROD, "  ballast:grafana").replace("memory: 1Gi", "memory: 256Mi"),
            )
        ],
        "ballast:grafana.memory",
        "384Mi or more",
    ),
    "exporters that take a share of every node": (
        PROD,
        [swap(section(PROD, "  ballast:nodeExporter"), "128Mi", "128Gi")],
        "ballast:nodeExporter.memory",
        "4Gi or less",
    ),
    "agents that take a share of every node": (
        PROD,
        [swap("agent: {cpu: 200m, memory: 512Mi}", "512Mi", "64Gi")],
        "ballast:collector.agent.memory",
        "4Gi or less",
    ),
    "an objective of everything": (
        PROD,
        [swap("snapshots: 99.5%", "99.5%", "100%")],
        "ballast:objectives.snapshots",
        "100% leaves nothing to spend",
    ),
    "an objective that no alert could defend": (
        PROD,
        [swap("quickAnswers: 99%", "99%", "90%")],
        "ballast:qdrant.quickAnswers",
        "never fires",
    ),
    "a promise that nobody measures": (
        PROD,
        [(section(PROD, "  ballast:objectives"), ""), (section(PROD, "  ballast:qdrant"), "")],
        "ballast:opensearch.availability",
        "over which window",
    ),
    "a budget that is forgotten before it is spent": (
        PROD,
        [swap("window: 30d", "30d", "31d")],
        "ballast:objectives.window",
        "Prometheus keeps 30d",
    ),
    "a budget of a quarter": (PROD, [swap("window: 30d", "30d", "90d")], "ballast:objectives.window", "of a month"),
    "logs kept for a day and a half": (DEV, [swap(LOKI, "7d", "36h")], f"{LOGS}.retention", "whole days"),
    "a stream kept for a day and a half": (
        STAGING,
        [swap(STREAM, "90d", "36h")],
        f"{LOGS}.streams.opensearch.retention",
        "whole days",
    ),
    "two streams of the same logs": (
        DEV,
        [(STREAM, f"{STREAM}\n      again: {{namespace: opensearch, retention: 30d}}")],
        f"{LOGS}.streams.again",
        "of opensearch",
    ),
    "a stream of everything": (
        STAGING,
        [swap(STREAM, "namespace: opensearch, ", "")],
        f"{LOGS}.streams.opensearch",
        "name at least one",
    ),
    "more logs than the disk holds": (DEV, [swap(LOKI, "10Gi", "5Gi")], f"{LOGS}.retention", "a disk of 6Gi"),
    "a stream that alone needs more than the disk": (
        STAGING,
        [(bucket(STAGING, "  ballast:loki"), "")],
        f"{LOGS}.retention",
        "is 90d at 5Gi a day, which takes a disk of 563Gi",
    ),
    "more traces than the disk holds": (DEV, [swap(TEMPO, "10Gi", "4Gi")], f"{TRACES}.retention", "a disk of 5Gi"),
    "traces that go before anybody looks": (DEV, [swap(TEMPO, "7d", "59m")], f"{TRACES}.retention", "1h or more"),
    "a folder that Loki doesn't accept": (
        PROD,
        [("basePath: loki", "basePath: logs/loki")],
        f"{LOGS}.s3.basePath",
        "letters, digits and dashes",
    ),
    "traces judged too late": (DEV, [("wait: 10s", "wait: 121s")], "ballast:collector.sampling.wait", "2m or less"),
    "logs for an index that nobody declared": (
        PROD,
        [("index: logs", "index: audit")],
        "ballast:dataPrepper.index",
        "none of opensearch.indexes",
    ),
    "logs for an index of another pattern": (
        PROD,
        [(INDEX_OF_LOGS, 'patterns: ["log-*"]')],
        "ballast:dataPrepper.index",
        "logs-*",
    ),
    "logs that are never deleted": (
        PROD,
        [("index: logs", "index: workflows")],
        "ballast:dataPrepper.index",
        "deleteAfter",
    ),
    "a vendor to which no connection would lead": (
        PROD,
        [("      header: authorization\n      egressCidrs: [10.30.32.0/24]\n", "      header: authorization\n")],
        "ballast:collector.vendor.egressCidrs",
        "is missing",
    ),
    "people who are sent back to nowhere": (
        PROD,
        [("    url: https://grafana.acme.example.com\n", "")],
        "ballast:grafana.url",
        "sent back",
    ),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_reported_at_its_key_with_the_rule_and_a_way_out(refused, environment, changes, key, words):
    assert words in refused(environment, changes, key)


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (DEV, [("3.7.6", "3.15.0"), ("3.0.3", "3.1.0")]),
        (DEV, [("scrapeInterval: 30s", "scrapeInterval: 5s")]),
        (DEV, [("scrapeInterval: 30s", "scrapeInterval: 2m")]),
        (DEV, [swap(LOKI, "10Gi", "6Gi")]),
        (DEV, [swap(LOKI, "7d", "24h")]),
        (DEV, [swap(TEMPO, "10Gi", "5Gi")]),
        (DEV, [swap(TEMPO, "7d", "60m")]),
        (DEV, [("wait: 10s", "wait: 2m")]),
        (STAGING, [(STREAM, "opensearch: {service: shop, retention: 90d}")]),
        (STAGING, [("basePath: loki", "basePath: Logs-2")]),
        (PROD, [(section(PROD, "  ballast:loki"), "")]),
    ],
)
def test_a_value_just_inside_its_rule_is_accepted(mistakes, environment, changes):
    assert mistakes(environment, *changes) == {}


def test_a_remedy_that_names_a_disk_is_one_that_is_accepted(mistakes):
    whole = section(DEV, "  ballast:prometheus")
    many = whole.replace("memory: 1Gi", "memory: 4Gi").replace("series: 10000", "series: 300000")
    (found,) = mistakes(DEV, (whole, many)).values()
    (size,) = re.findall(r"or a disk of (\w+)", found.remedy)
    assert mistakes(DEV, (whole, many.replace("disk: 10Gi", f"disk: {size}"))) == {}
