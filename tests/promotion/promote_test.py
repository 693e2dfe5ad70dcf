"""A promotion from its question to the edited file: nothing is written unless every gate passes, and then one value."""

from __future__ import annotations

import subprocess

import pytest

from ops.promotion import promote as promotion
from ops.promotion.gates import Answer, Mark


def test_without_write_the_edit_is_only_shown(newer, ballast):
    before = newer.text("staging")
    said = ballast("promote", "dev", "staging")
    assert said.code == 0
    assert (
        "-    version: 1.12.1                 # promoted\n+    version: 1.12.2                 # promoted" in said.out
    )
    assert "not asked  buildable" in said.out
    assert "next       the same with --write" in said.out
    assert newer.text("staging") == before


@pytest.mark.usefixtures("built")
def test_write_edits_one_value_and_the_second_run_nothing(newer, ballast):
    before = {name: newer.text(name) for name in ("dev", "staging", "prod")}
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 0, said.out
    assert newer.text("staging") == before["staging"].replace("version: 1.12.1", "version: 1.12.2")
    assert newer.text("dev") == before["dev"]
    assert newer.text("prod") == before["prod"]
    again = ballast("promote", "dev", "staging", "--write")
    assert again.code == 0
    assert "nothing to promote from dev to staging" in again.out
    assert newer.text("staging") == before["staging"].replace("version: 1.12.1", "version: 1.12.2")


@pytest.mark.usefixtures("built")
def test_only_the_named_keys_are_written(newer, ballast):
    newer.change("dev", "version: 2.20.0", "version: 2.20.1")
    newer.deploy("dev")
    before = newer.text("staging")
    assert ballast("promote", "dev", "staging", "kubeStateMetrics", "--write").code == 0
    assert newer.text("staging") == before.replace("version: 2.20.0", "version: 2.20.1")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("arrange", "gate"),
    [
        (lambda stage: stage.change("dev", "version: 2.20.0", "version: 2.20.1"), "proven"),
        (lambda stage: stage.change("staging", "version: 2.20.0", "version: 2.20.1"), "order"),
        (lambda stage: stage.block("blocked:\n" + BLOCKED), "not blocked"),
        (lambda stage: stage.change("staging", "    version: 1.12.1", "    version: !!str 1.12.1"), "validity"),
    ],
)
def test_one_gate_that_refuses_is_enough(newer, ballast, arrange, gate):
    arrange(newer)
    before = newer.text("staging")
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 1
    assert f"refused    {gate}" in said.out
    assert "nothing was written to Pulumi.staging.yaml" in said.out
    assert newer.text("staging") == before


BLOCKED = "  - {key: nodeExporter.version, value: 1.12.2, because: it hangs, until: 2999-12-31}\n"


def test_every_gate_is_told_at_once(newer, ballast):
    newer.block("blocked:\n" + BLOCKED)
    newer.change("staging", "version: 2.20.0", "version: 2.20.1")
    newer.pulumi.stacks.clear()
    newer.pulumi.save()
    said = ballast("promote", "dev", "staging")
    assert [line.split()[1] for line in said.out.splitlines() if line.startswith("refused ")][:4] == [
        "order",
        "upstream",
        "not",
        "proven",
    ]


@pytest.mark.usefixtures("built")
def test_a_file_that_changed_meanwhile_is_left_alone(newer, ballast, monkeypatch):
    meanwhile = newer.text("staging") + "# a colleague was here\n"

    def slow(_):
        newer.file("staging").write_text(meanwhile, encoding="utf-8")
        return Answer("buildable", Mark.PASSED)

    monkeypatch.setattr(promotion, "buildable", slow)
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 1
    assert "was changed meanwhile" in said.err
    assert newer.text("staging") == meanwhile


@pytest.mark.usefixtures("built")
def test_a_hurried_fix_skips_staging_and_says_why(newer, ballast):
    assert ballast("promote", "dev", "prod", "--write").code == 1
    said = ballast(
        "promote", "dev", "prod", "--skip", "staging", "--because", "CVE in\n1.12.1", "--soak", "0", "--write"
    )
    assert said.code == 0, said.out
    assert "version: 1.12.2" in newer.text("prod")
    assert "version: 1.12.1" in newer.text("staging")
    trailers = read_trailers(said.out)
    assert trailers["Skipped"] == "staging"
    assert trailers["Because"] == "CVE in 1.12.1"


@pytest.mark.usefixtures("built")
def test_the_suggested_message_carries_the_evidence(newer, ballast):
    newer.deploy("dev", version=7)
    said = ballast("promote", "dev", "staging", "--write")
    assert "Promote nodeExporter.version from dev to staging\n" in said.out
    assert "  nodeExporter.version  promote 1.12.1 -> 1.12.2\n" in said.out
    trailers = read_trailers(said.out)
    assert trailers["Promoted-From"] == "dev"
    assert trailers["Evidence"].startswith("update 7 of ")
    assert trailers["Promotion-Digest"] == newer.pulumi.stacks["dev"]["outputs"]["promotionDigest"]


@pytest.mark.usefixtures("built")
def test_a_downgrade_on_request_is_recorded(stage, ballast):
    stage.change("dev", "version: 1.12.1", "version: 1.12.0")
    stage.deploy("dev")
    assert ballast("promote", "dev", "staging", "--write").code == 1
    said = ballast(
        "promote", "dev", "staging", "--allow-downgrade", "nodeExporter.version", "--because", "it leaks", "--write"
    )
    assert said.code == 0, said.out
    assert read_trailers(said.out)["Downgraded"] == "nodeExporter.version"
    assert "version: 1.12.0" in stage.text("staging")


def read_trailers(printed):
    """Return the trailers that git finds in the message at the end of what was printed."""
    message = printed.partition("suggested commit message:\n\n")[2]
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True, check=True
    )
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


@pytest.mark.usefixtures("built")
def test_ages_are_those_from_before_the_edit(newer, ballast):
    git = ("git", "-C", str(newer.folder), "-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "as they are")):
        subprocess.run([*git, *command], check=True)
    said = ballast("promote", "dev", "staging", "--write")
    (line,) = [line for line in said.out.splitlines() if line.startswith("nodeExporter.version  ")]
    assert "new" not in line
    assert " s / " in line or " min / " in line


@pytest.mark.usefixtures("newer")
def test_a_named_key_without_anything_pending_is_told(ballast):
    said = ballast("promote", "dev", "staging", "qdrant")
    assert said.code == 0
    assert "nothing to promote from dev to staging below qdrant" in said.out
    assert "nodeExporter" not in said.out
