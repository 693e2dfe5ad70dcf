"""Bad input: each mistake once, at its line, with a way out, and never a traceback."""

from __future__ import annotations

import contextlib
import functools
import itertools
import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from components.settings.document import read_document
from components.settings.read import read_stack
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS
from tests.harness.command import ballast
from tests.harness.declare import SECRETS_OF_PROD

from .conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

check = partial(ballast, "check")


def test_an_unknown_key_is_named_once_with_the_one_that_was_meant(mistakes):
    found = mistakes("prod", ("storageClass:", "storage_class:"))
    assert list(found) == ["ballast:cluster.storage_class"]
    assert "did you mean `storageClass`" in found["ballast:cluster.storage_class"].remedy


def test_an_unknown_section_is_named_once_with_the_one_that_was_meant(mistakes):
    found = mistakes("prod", ("ballast:console:", "ballast:konsole:"))
    assert list(found) == ["ballast:konsole"]
    assert "did you mean `ballast:console`" in found["ballast:konsole"].remedy


def test_a_misspelled_secret_is_named_once_with_the_one_that_was_meant(changed):
    with pytest.raises(SettingsError) as caught:
        read_stack(changed("dev", ("opensearchAdminPassword", "opensearchAdminPasword")))
    assert [mistake.key for mistake in caught.value.mistakes] == ["ballast:opensearchAdminPasword"]


def test_a_key_without_the_project_is_named_with_the_one_that_was_meant(mistakes):
    found = mistakes("dev", ("ballast:console:", "console:"))
    assert "did you mean `ballast:console`" in found["console"].remedy


def test_an_unknown_key_beside_config_is_refused(mistakes):
    assert (
        "secretsprovider"
        in mistakes("dev", ("encryptionsalt:", "secretprovider: x\nencryptionsalt:"))["secretprovider"].remedy
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("replicas: 2\n    recovery", 'replicas: "2"\n    recovery', "ballast:opensearch.replicas", "whole number"),
        ("replicas: 2\n    recovery", "replicas: 2.5\n    recovery", "ballast:opensearch.replicas", "whole number"),
        ("replicas: 2\n    recovery", "replicas: true\n    recovery", "ballast:opensearch.replicas", "whole number"),
        ("memoryMapsRaised: true", "memoryMapsRaised: yes", "ballast:cluster.memoryMapsRaised", "true or false"),
        ("version: 3.8.0", "version: 3.8", "ballast:opensearch.version", "3.8.0"),
        ("[eu-central-1a, eu-central-1b, eu-central-1c]", "eu-central-1a", "ballast:cluster.zones", "a list"),
        ("zones: [eu-central-1a, eu-central-1b, eu-central-1c]", "zones: []", "ballast:cluster.zones", "at least one"),
        ("roles: [data, ingest]", "roles: [data, ingests]", "ballast:opensearch.pools.data.roles[1]", "one of"),
        ("tier: prod", "tier: production", "ballast:tier", "production"),
        ("disk: 100Gi", "disk: 100GB", "ballast:opensearch.pools.data.disk", "Ki, Mi, Gi, Ti"),
        ("disk: 100Gi", "disk: 100", "ballast:opensearch.pools.data.disk", "Ki, Mi, Gi, Ti"),
        ("disk: 100Gi", "disk: -1Gi", "ballast:opensearch.pools.data.disk", "not a size"),
        ('cpu: "2"', "cpu: 2", "ballast:opensearch.pools.data.cpu", "in quotes"),
        ("retention: 30d\n", "retention: 1month\n", "ballast:opensearch.recovery.retention", "s, m, h, d"),
        ("port: 443", "port: 70000", "ballast:cluster.apiServer.port", "at most 65535"),
    ],
)
def test_a_wrong_type_or_unit_is_refused_with_what_is_accepted(mistakes, old, new, key, words):
    found = mistakes("prod", (old, new))
    assert key in found
    assert words in f"{found[key].problem} {found[key].remedy}"


def test_a_missing_section_is_reported(mistakes):
    found = mistakes("prod", ("  ballast:jobs:\n    image: acme/ballast-jobs\n    version: 3.13-slim\n", ""))
    assert list(found) == ["ballast:jobs"]
    assert "missing" in found["ballast:jobs"].problem


def test_a_section_that_is_no_section_is_reported(mistakes):
    found = mistakes("prod", ("mirror: null", "- mirror"))
    assert "section of keys" in found["ballast:images"].problem


def test_missing_secrets_are_reported_with_the_command_that_sets_each():
    with pytest.raises(SettingsError) as caught:
        read_stack(PROJECT / "Pulumi.prod.yaml")
    assert {mistake.remedy for mistake in caught.value.mistakes} == {
        f"pulumi config set --secret ballast:{name} --stack prod" for name in SECRETS_OF_PROD
    }


def test_a_secret_in_plain_text_is_refused_and_not_repeated(changed):
    file = changed("dev")
    text = file.read_text()
    start = text.index("  ballast:opensearchMetricsPassword:")
    file.write_text(text[:start] + "  ballast:opensearchMetricsPassword: correct-horse\n")
    result = check(file)
    assert result.returncode == 1
    assert "plain text" in result.stderr
    assert "pulumi config set --secret ballast:opensearchMetricsPassword --stack dev" in result.stderr
    assert "correct-horse" not in result.stdout + result.stderr


def test_a_secret_inside_a_section_is_refused_once(mistakes):
    found = mistakes("prod", ("version: 3.8.0", "version: {secure: v1:abc}"))
    assert list(found) == ["ballast:opensearch.version"]
    assert "decrypted in the clear" in found["ballast:opensearch.version"].problem


def test_mistakes_of_every_kind_stand_in_one_report_in_the_order_of_the_file(changed):
    file = changed(
        "prod",
        ("{name: gp3-retain}", "{name: gp3-retain}\n    colour: blue"),
        ("roles: [cluster_manager]\n        nodes: 3", "roles: [cluster_manager]\n        nodes: 4"),
        ("memory: 8Gi", "memory: 8GB"),
    )
    result = check("--without-secrets", file)
    lines = [line.strip() for line in result.stderr.splitlines() if line.startswith("  line")]
    keys = ["cluster.colour", "opensearch.pools.manager.nodes", "opensearch.pools.data.memory"]
    text = file.read_text().splitlines()
    wanted = [next(n for n, line in enumerate(text, 1) if mark in line) for mark in ("colour", "nodes: 4", "8GB")]
    assert result.stderr.startswith("Pulumi.prod.yaml: 3 mistakes")
    assert lines == [f"line {n}, ballast:{key}" for n, key in zip(wanted, keys, strict=True)]
    assert result.returncode == 1


def test_a_file_that_is_not_there_gives_one_message(tmp_path):
    result = check(tmp_path / "Pulumi.dev.yaml")
    assert (result.returncode, "no such file" in result.stderr, "Traceback" in result.stderr) == (1, True, False)


def test_a_file_of_another_name_is_refused(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("config: {}\n")
    with pytest.raises(SettingsError, match="not the name of a stack file"):
        read_stack(file)


def test_a_key_that_is_written_twice_is_reported_at_its_second_line(mistakes):
    found = mistakes("prod", ("{name: gp3-retain}", "{name: gp3-retain}\n    storageClass: {name: gp2}"))
    assert "twice" in found["ballast:cluster.storageClass"].problem


def test_every_file_is_judged_after_a_broken_one(tmp_path):
    result = check("--without-secrets", tmp_path / "Pulumi.dev.yaml", PROJECT / "Pulumi.prod.yaml")
    assert result.returncode == 1
    assert "Pulumi.prod.yaml: ok" in result.stdout


ODD = [None, True, -1, 0.5, "", "x\ny", [], [None], {}, {"a": None}, {"secure": "v1"}]


def paths(data: object, path: tuple = ()) -> list[tuple]:
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(found for key, child in children for found in paths(child, (*path, key)))]


def refused() -> list[tuple]:
    """Paths at which a file is refused, and nothing else comes of it."""
    try:
        read_stack(PROJECT / "Pulumi.prod.yaml", SECRETS)
    except SettingsError as error:
        return [mistake.path for mistake in error.mistakes] if str(error) else []
    return []


@contextlib.contextmanager
def exchanged(config: Any, spots: list[tuple], value: object) -> Iterator[None]:
    """Let a value stand at places of which none lies in another."""
    holders = [(functools.reduce(operator.getitem, path[:-1], config), path[-1]) for path in spots]
    before = [holder[key] for holder, key in holders]
    for holder, key in holders:
        holder[key] = value
    yield
    for (holder, key), old in zip(holders, before, strict=True):
        holder[key] = old


def test_no_odd_value_anywhere_escapes_as_anything_but_a_report(monkeypatch):
    document = read_document(PROJECT / "Pulumi.prod.yaml")
    monkeypatch.setattr("components.settings.read.read_document", lambda _: document)
    config = document.data["config"]
    spots = sorted((path for path in paths(config) if path), key=len)
    accepted = []
    for odd, (_, together) in itertools.product(ODD, [(n, list(g)) for n, g in itertools.groupby(spots, key=len)]):
        # One section speaks of another that is not there.
        with exchanged(config, together, odd) if len(together[0]) > 1 else contextlib.nullcontext():
            named = refused()
        # Rules between fields say nothing while one of them is wrong by itself: what was not named is tried alone.
        for spot in (path for path in together if not any(one[: len(path)] == path for one in named)):
            with exchanged(config, [spot], odd):
                accepted += [] if refused() else [spot[-1]]
    # Only what may be empty, absent or true accepts one of them.
    accepting = {
        "availability",
        "quickAnswers",
        "ballast:chroma",
        "ballast:dataPrepper",
        "ballast:images",
        "ballast:loki",
        "ballast:prometheusOperator",
        "ballast:promotesFrom",
        "ballast:qdrant",
        "ballast:volumes",
        "collections",
        "context",
        "deleteAfter",
        "email",
        "heap",
        "keys",
        "kubeconfig",
        "maintenance",
        "masks",
        "memoryMapsRaised",
        "mirror",
        "oidc",
        "openTo",
        "search",
        "slackChannel",
        "streams",
        "teams",
        "username",
        "values",
        "vendor",
    }
    assert {str(key) for key in accepted} == accepting
