"""Evidence out of a real backend: real updates of the real stack file, by a program that declares nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ops.promotion.gates import Mark
from ops.promotion.proposal import Proposal
from ops.promotion.proven import proven

pytestmark = pytest.mark.engine

PROGRAM = """
import os
import pulumi
from components.settings.load import load_stack
from components.settings.promotion import promotion_digest

pulumi.export("promotionDigest", promotion_digest(load_stack()))
if "BROKEN" in os.environ:
    raise pulumi.RunError("broken on purpose")
"""


@pytest.fixture
def dev(engine, monkeypatch):
    """The stack dev in an engine of its own, which is the pulumi that the command finds."""
    (engine.project / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    engine.run("stack", "init", "dev", "--secrets-provider", "passphrase")
    for name, value in engine.environment().items():
        monkeypatch.setenv(name, value)
    return engine


def asked(engine, soak=timedelta(0)):
    proposal = Proposal.read(engine.project, "dev", "staging")
    return proven(proposal, engine.project, soak, datetime.now(tz=UTC))


def update(engine, *options, check=True):
    engine.run("up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev", *options, check=check)


def test_a_real_stack_proves_what_its_last_whole_update_carried(dev, monkeypatch):
    assert "there was no update of dev yet" in asked(dev)[0].sentences[0]
    update(dev)
    before = datetime.now(tz=UTC)
    answer, proof = asked(dev)
    assert answer.mark is Mark.PASSED, answer
    assert proof is not None
    assert proof.update.ended is not None
    assert before - timedelta(minutes=2) < proof.update.ended <= before
    dev.run("stack", "tag", "set", "ballast:drift", "2026-11-29T03:20Z", "--stack", "dev")
    assert "drift of dev was seen at 2026-11-29T03:20Z" in asked(dev)[0].sentences[0]
    dev.run("stack", "tag", "rm", "ballast:drift", "--stack", "dev")
    # The recorded configuration has the output's digest, or no time at all would be proven.
    too_young, _ = asked(dev, timedelta(hours=1))
    assert "dev has run these values for 0min, and 1h are asked" in too_young.sentences[0]

    file = dev.project / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("version: 1.12.1", "version: 1.12.2"))
    assert "doesn't run the promoted values" in asked(dev)[0].sentences[0]
    monkeypatch.setenv("BROKEN", "1")
    update(dev, check=False)
    assert "has failed" in asked(dev)[0].sentences[0]
    monkeypatch.delenv("BROKEN")
    update(dev, "--target", "urn:pulumi:dev::ballast::pulumi:pulumi:Stack::ballast-dev")
    assert "left objects out by --target" in asked(dev)[0].sentences[0]
