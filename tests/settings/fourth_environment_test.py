"""A fourth stack file beside the real ones: every command knows it, and its tier's rules hold, by the file alone."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from components.settings.environment import Tier
from components.settings.environments import Environments, Member
from ops.__main__ import main
from ops.settings.generated import SCHEMA
from tests.harness.aligned import aligned
from tests.harness.repository import Repository

from .conftest import PROJECT

NAME = "eu-prod"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository with the real stack files and a second production, made of the first with values of its own."""
    for name, text in aligned().items():
        (tmp_path / f"Pulumi.{name}.yaml").write_text(text)
    own = re.sub(r"acme-prod|grafana\.acme", lambda found: found[0].replace("acme", "acme-eu"), aligned()["prod"])
    own = own.replace("role/acme-prod", "role/acme-eu-prod").replace("4000-8000-000000000002", "4000-8000-000000000003")
    (tmp_path / f"Pulumi.{NAME}.yaml").write_text(own)
    shutil.copytree(PROJECT / "delivery", tmp_path / "delivery")
    Repository(tmp_path, f"Pulumi.{NAME}.yaml").commit_all("four environments")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ran(capsys):
    """Runs a command; returns its exit code and what it printed."""

    def call(*arguments):
        try:
            code = main(list(arguments)) or 0
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def change(folder, old, new, name=NAME):
    file = folder / f"Pulumi.{name}.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.usefixtures("folder")
def test_check_and_stacks_know_it(ran):
    code, out, err = ran("check", "--without-secrets")
    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == [
        f"Pulumi.{name}.yaml" for name in ("dev", "staging", NAME, "prod")
    ]
    assert f"{NAME:<11}tier prod, values from staging\n" in ran("stacks")[1]


@pytest.mark.usefixtures("folder")
def test_its_manifest_is_written_beside_the_others(folder, ran):
    assert ran("manifest", NAME, "--write")[0] == 0
    golden = (folder / "tests" / "stacks" / "golden" / f"{NAME}.txt").read_text()
    assert "spec.externalLabels: {cluster: acme-eu-prod, environment: eu-prod}" in golden
    assert ran("manifest", NAME, "--check")[0] == 0


def test_values_come_to_it_from_its_source_and_a_day_is_asked_for_its_tier(folder, ran):
    change(folder, "version: 1.12.1", "version: 1.12.2", "staging")
    code, out, _ = ran("promote", "staging", NAME, "nodeExporter", "--check")
    assert code == 3
    assert "1.12.1 -> 1.12.2" in out
    assert ran("promote", "dev", NAME, "--check")[0] == 1
    head = ran("compare", "staging", NAME)[1].splitlines()[0].split()
    assert head == ["key", "class", "dev", "staging", NAME, "age", "verdict"]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("teardown: refuse", "teardown: keepData", "ballast:teardown", "prod must refuse"),
        ("    pagerduty: {url:", "    # pagerduty: {url:", "ballast:alertmanager.pagerduty", "wake nobody"),
        ("awskms://alias/ballast-prod?region=eu-central-1", "passphrase", "secretsprovider", "taken back"),
    ],
)
def test_the_rules_of_its_tier_hold(folder, ran, old, new, key, words):
    change(folder, old, new)
    code, _, err = ran("check", "--without-secrets", f"Pulumi.{NAME}.yaml")
    assert code == 1
    assert key in err
    assert words in err


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("stagin", "did you mean `staging`?"),
        (NAME, f"closes a circle ({NAME} -> {NAME})"),
    ],
)
def test_a_source_that_is_none_is_refused_with_its_line_by_every_command(folder, ran, source, words):
    change(folder, "promotesFrom: staging", f"promotesFrom: {source}")
    for command in (("check", "--without-secrets"), ("stacks",), ("promote", "staging", NAME)):
        code, _, err = ran(*command)
        assert code == 1
        assert f"Pulumi.{NAME}.yaml: 1 mistake" in err
        assert "ballast:promotesFrom" in err
        assert words in err


@pytest.mark.parametrize(
    ("key", "own", "others"),
    [
        ("cluster.identity", "4000-8000-000000000003", "4000-8000-000000000002"),
        ("opensearch.snapshots.s3.bucket", "acme-eu-prod-opensearch-snapshots\n", "acme-prod-opensearch-snapshots\n"),
        ("loki.s3.roleArn", "role/acme-eu-prod-logs", "role/acme-prod-logs"),
        ("grafana.url", "grafana.acme-eu.example.com", "grafana.acme.example.com"),
    ],
)
def test_what_another_environment_has_is_refused(folder, ran, key, own, others):
    change(folder, own, others)
    for command in (("check", f"Pulumi.{NAME}.yaml", "--without-secrets"), ("check",)):
        code, _, err = ran(*command)
        assert code == 1
        assert f"ballast:{key}\n    names what Pulumi.prod.yaml names at {key}" in err


DRIVER = '{name: gp3-retain, made: {driverRole: "arn:aws:iam::111122223333:role/acme-dev-volumes"}}'


@pytest.mark.parametrize(
    ("own", "others", "key"),
    [
        ("acme-eu-prod-logs\n", "acme-staging-east-logs\n", "loki.s3.bucket"),
        ("role/acme-eu-prod-logs", "role/acme-dev-logs", "loki.s3.roleArn"),
        ("{name: gp3-retain}", DRIVER, "cluster.storageClass.made.driverRole"),
        ("context: acme-eu-prod", "context: staging", "cluster.context"),
    ],
)
def test_what_another_tier_has_by_its_name_is_refused_by_every_command(folder, ran, own, others, key):
    change(folder, own, others)
    for command in (("check", f"Pulumi.{NAME}.yaml", "--without-secrets"), ("check",), ("promote", "staging", NAME)):
        code, _, err = ran(*command)
        assert code == 1
        assert f"ballast:{key}\n    is " in err
        assert "by its name that of" in err


@pytest.mark.parametrize("example", ["smtp.acme.example.com", "example.org", "relay.example.net"])
def test_a_host_of_examples_stays_with_the_cluster_of_an_example(folder, ran, example):
    """The project's own files hold both, and are no mistake: whoever writes a real cluster has to write real hosts."""
    real = "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
    change(folder, "smtp.acme.example.com", "relay.acme.internal")
    change(folder, "acme.example.com", "acme.internal")
    change(folder, "acme-eu.example.com", "acme-eu.internal")
    change(folder, "00000000-0000-4000-8000-000000000003", real)
    assert ran("check", "--without-secrets")[::2] == (0, "")
    change(folder, "smarthost: relay.acme.internal", f"smarthost: {example}")
    for command in (("check",), ("promote", "staging", NAME)):
        code, _, err = ran(*command)
        assert code == 1
        assert f"ballast:alertmanager.email.smarthost\n    names {example}, a host of examples" in err
    change(folder, real, "00000000-0000-4000-8000-000000000003")
    assert ran("check", "--without-secrets")[::2] == (0, "")


def shared(folder, prefix):
    """Let it share prod's cluster, with a prefix."""
    change(folder, "4000-8000-000000000003", "4000-8000-000000000002")
    change(folder, "  ballast:tier:", f"  ballast:namespacePrefix: {prefix}\n  ballast:tier:")


def test_it_may_share_a_cluster_with_a_prefix_of_its_own_alone(folder, ran):
    shared(folder, "eu-")
    assert ran("check", "--without-secrets")[::2] == (0, "")
    rows = ran("compare", "staging", NAME, "--all")[1].splitlines()
    assert not [row for row in rows if "the same identity" in row]
    change(folder, "  ballast:tier:", "  ballast:namespacePrefix: eu-\n  ballast:tier:", "prod")
    for command in (("check", "--without-secrets"), ("promote", "staging", NAME, "--check")):
        code, out, err = ran(*command)
        assert code == 1
        assert "identity" in out + err
    assert "write the one that belongs to prod alone, or a namespacePrefix of its own" in ran("check")[2]


@pytest.mark.parametrize("prefix", ["eu", "EU-", "e_u-", "'-'", "1-", "kube-x-", f"{'e' * 40}-", '""'])
def test_a_prefix_that_begins_no_namespace_is_refused(folder, ran, prefix):
    shared(folder, prefix)
    code, _, err = ran("check", "--without-secrets", f"Pulumi.{NAME}.yaml")
    assert code == 1
    assert "ballast:namespacePrefix" in err
    assert "prefix of namespaces" in err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "eu-", "changes from none to eu-: all namespaces would be made anew"),
        ("eu-", "us-", "write eu-; a platform with another prefix is another stack"),
        ("eu-", "", "changes from eu- to none"),
    ],
)
def test_the_prefix_of_a_platform_that_is_there_stays(folder, ran, old, new, words):
    text = (folder / f"Pulumi.{NAME}.yaml").read_text()
    for file, prefix in (("old.yaml", old), (f"Pulumi.{NAME}.yaml", new)):
        line = f"  ballast:namespacePrefix: {prefix}\n" if prefix else ""
        (folder / file).write_text(text.replace("  ballast:tier:", f"{line}  ballast:tier:"))
    code, _, err = ran("check", "--without-secrets", f"Pulumi.{NAME}.yaml", "--since", "old.yaml")
    assert code == 1
    assert "ballast:namespacePrefix" in err
    assert words in " ".join(err.split())


def test_the_schema_asks_for_a_tier_and_for_no_name():
    config = json.loads((PROJECT / SCHEMA).read_text())["properties"]["config"]
    assert "ballast:tier" in config["required"]
    assert "ballast:environment" not in config["properties"]


def graph(**members):
    return Environments({name: Member(Tier(tier), source) for name, (tier, source) in members.items()})


def test_a_circle_is_told_in_each_of_its_files_and_not_where_it_is_only_reached():
    there = graph(a=("dev", "b"), b=("dev", "a"), c=("prod", "a"))
    assert [len(list(there.mistakes(name))) for name in "abc"] == [1, 1, 0]
    assert there.names == ("a", "b", "c")


def test_values_never_go_to_an_earlier_tier():
    (mistake,) = graph(a=("prod", None), b=("staging", "a")).mistakes("b")
    assert "values come to staging before prod" in mistake.problem
    assert list(graph(a=("prod", None), b=("prod", "a")).mistakes("b")) == []


def test_the_order_is_that_in_which_values_come():
    there = graph(p=("prod", "s"), q=("prod", "p"), e=("prod", "s"), s=("staging", "d"), d=("dev", None))
    assert there.names == ("d", "s", "e", "p", "q")
    assert there.chain("q") == ("d", "s", "p", "q")
    assert there.line("p") == ("d", "s", "p", "q")
