"""What a stack has proven, out of a backend that answers, answers something else, or doesn't answer."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from ops.promotion import backend
from ops.promotion.gates import Mark
from ops.promotion.proposal import Proposal
from ops.promotion.proven import proven, span
from toolchain.paths import CHECKOUT

DEV, STAGING, PROD = "dev", "staging", "prod"
DAY = timedelta(days=1)


def asked(stage, source=DEV, target=STAGING, soak=None, now=None):
    proposal = Proposal.read(stage.folder, source, target)
    return proven(proposal, stage.folder, soak, now or datetime.now(tz=UTC))


def soaked(stage, **question):
    """How long staging has run its values, as the proof says."""
    _, proof = asked(stage, STAGING, PROD, **question)
    assert proof is not None
    return proof.soaked


def refused(result):
    answer, proof = result
    assert answer.mark is Mark.REFUSED
    assert proof is None
    (sentence,) = answer.sentences
    return sentence


def test_values_that_the_source_runs_are_proven(stage):
    stage.deploy("dev", version=12)
    answer, proof = asked(stage)
    assert answer.mark is Mark.PASSED
    assert proof is not None
    assert proof.update.number == 12
    assert answer.sentences[0].startswith("dev: update 12 of ")


def test_a_stack_that_was_never_updated_has_proven_nothing(stage):
    told = refused(asked(stage))
    assert told == "no evidence: there was no update of dev yet. Make the first one: pulumi up --stack dev"
    stage.pulumi.stacks["dev"] = {"outputs": {}, "history": []}
    stage.pulumi.save()
    assert refused(asked(stage)) == told


def test_an_edit_that_was_not_brought_up_is_not_proven(stage):
    stage.deploy("dev")
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    assert "doesn't run the promoted values of Pulumi.dev.yaml" in refused(asked(stage))
    stage.deploy("dev")
    assert asked(stage)[0].mark is Mark.PASSED


def test_an_edit_of_what_never_travels_is_proven_all_the_same(stage):
    stage.deploy("dev")
    stage.change("dev", "memory: 64Mi ", "memory: 96Mi ")
    assert asked(stage)[0].mark is Mark.PASSED


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"result": "failed"}, "has failed. This has to succeed first: pulumi up --stack dev"),
        ({"result": "in-progress", "endTime": ""}, "is under way"),
        ({"environment": {"pulumi.flag.target": "set"}}, "left objects out by --target"),
        ({"kind": "destroy"}, "was taken down by the destroy of "),
    ],
)
def test_the_last_update_decides(stage, entry, told):
    stage.deploy("dev", ago=timedelta(hours=1))
    stage.deploy("dev", **entry)
    assert told in refused(asked(stage))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"environment": {"git.dirty": "true"}}, "held changes that nobody had committed"),
        ({"environment": {"git.head": ""}}, "doesn't say which commit ran"),
        ({"environment": {"git.head": "1" * 40}}, "ran commit 111111111111, which is not part of what is checked out"),
    ],
)
def test_staging_proves_only_the_commit_that_it_ran_and_dev_is_tried_before_it_is_committed(stage, entry, told):
    stage.deploy("staging", ago=timedelta(days=2), **entry)
    assert told in refused(asked(stage, STAGING, PROD))
    stage.deploy("dev", **entry)
    assert asked(stage)[0].mark is Mark.PASSED


def test_what_ran_in_another_cluster_proves_nothing(stage):
    stage.deploy("staging", ago=timedelta(days=2))
    assert asked(stage, STAGING, PROD)[0].mark is Mark.PASSED
    (identity,) = re.findall(r"(?m)^    identity: (\S+)", stage.text("staging"))
    stage.change("staging", identity, identity[:-2] + "77")
    assert f"was of cluster {identity}, and the file names" in refused(asked(stage, STAGING, PROD))


def test_nothing_is_proven_while_drift_is_known(stage):
    stage.deploy("dev")
    stage.pulumi.stacks["dev"]["tags"] = {"ballast:drift": "2026-11-29T03:20Z"}
    stage.pulumi.save()
    assert refused(asked(stage)).startswith("drift of dev was seen at 2026-11-29T03:20Z: its cluster is not what")


def test_a_refresh_after_the_update_says_nothing(stage):
    stage.deploy("dev", ago=timedelta(hours=1))
    stage.deploy("dev", kind="refresh", result="failed")
    assert asked(stage)[0].mark is Mark.PASSED


def test_a_release_without_the_output_has_proven_nothing(stage):
    stage.deploy("dev")
    stage.pulumi.stacks["dev"]["outputs"] = {"opensearch": "https://opensearch"}
    stage.pulumi.save()
    assert "dev has no output promotionDigest" in refused(asked(stage))


def test_prod_asks_for_a_day_and_says_when_it_is_over(stage):
    now = datetime.now(tz=UTC)
    stage.deploy("staging", ago=timedelta(hours=20))
    told = refused(asked(stage, STAGING, PROD, now=now))
    assert "staging has run these values for 20h, and 1d are asked" in told
    assert f"{now + timedelta(hours=4):%Y-%m-%d %H:%M} UTC" in told
    assert asked(stage, STAGING, PROD, now=now + timedelta(hours=5))[0].mark is Mark.PASSED


def test_another_time_is_asked_for_by_name(stage):
    stage.deploy("staging", ago=timedelta(hours=20))
    assert asked(stage, STAGING, PROD, timedelta(hours=19))[0].mark is Mark.PASSED
    assert asked(stage, STAGING, PROD, timedelta(0))[0].mark is Mark.PASSED
    stage.deploy("dev", ago=timedelta(hours=1))
    assert "2h are asked" in refused(asked(stage, soak=timedelta(hours=2)))


def test_the_time_begins_with_the_earliest_update_that_carried_the_values(stage):
    stage.deploy("staging", ago=3 * DAY)
    stage.change("staging", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("staging", ago=timedelta(hours=30))
    stage.deploy("staging", ago=timedelta(hours=2))
    assert timedelta(hours=29) < soaked(stage) < timedelta(hours=31)


@pytest.mark.parametrize("entry", [{"result": "failed"}, {"config": {}}, {"environment": {"pulumi.flag.target": "1"}}])
def test_a_break_begins_the_time_anew(stage, entry):
    stage.deploy("staging", ago=3 * DAY)
    stage.deploy("staging", ago=2 * DAY, **entry)
    stage.deploy("staging", ago=timedelta(hours=3))
    assert "for 3h, and 1d are asked" in refused(asked(stage, STAGING, PROD))


def test_values_that_come_back_begin_anew(stage):
    stage.deploy("staging", ago=3 * DAY)
    stage.change("staging", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("staging", ago=2 * DAY)
    stage.change("staging", "version: 1.12.2", "version: 1.12.1")
    stage.deploy("staging", ago=timedelta(hours=3))
    assert "for 3h, and 1d are asked" in refused(asked(stage, STAGING, PROD))


def test_a_history_that_can_not_be_read_proves_no_time(stage):
    stage.deploy("staging", ago=3 * DAY, config={})
    assert "can't be read from its history" in refused(asked(stage, STAGING, PROD))
    assert asked(stage, STAGING, PROD, timedelta(0))[0].mark is Mark.PASSED


def test_a_long_history_is_read_page_by_page_and_no_further_than_needed(stage):
    for hours in range(60, 0, -1):
        stage.deploy("staging", ago=timedelta(hours=hours))
    assert soaked(stage) > 2 * DAY - timedelta(minutes=1)
    pages = [call.split("--page ")[1].split()[0] for call in stage.pulumi.calls() if "history" in call]
    assert pages == ["1", "2", "3"]
    asked(stage, STAGING, PROD, timedelta(0))
    assert sum("history" in call for call in stage.pulumi.calls()) == 3 + 2


def test_without_a_program_nothing_is_proven(stage, monkeypatch):
    monkeypatch.setenv("PATH", str(stage.folder))
    assert refused(asked(stage)).endswith("python3 -m toolchain build --only pulumi")


def test_a_backend_that_refuses_is_named_with_the_command_that_has_to_work(stage):
    stage.pulumi.error = "warning: old\nerror: PULUMI_ACCESS_TOKEN must be set for login\nmore"
    stage.pulumi.save()
    told = refused(asked(stage))
    assert "the backend of dev can't be asked: PULUMI_ACCESS_TOKEN must be set for login." in told
    assert told.endswith("pulumi stack output --json --stack dev")


def test_a_backend_that_never_answers_is_given_up(stage, monkeypatch):
    monkeypatch.setattr(backend, "ANSWER_SECONDS", 0.5)
    stage.pulumi.hangs = True
    stage.pulumi.save()
    began = time.monotonic()
    assert "gave no answer within 0.5 s" in refused(asked(stage))
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("outputs", "history"),
    [
        ([], []),
        ({}, [{"kind": "update"}]),
        ({}, {"updates": 1}),
        ({}, [{"kind": "update", "result": "x", "endTime": 3}]),
    ],
)
def test_an_answer_of_another_form_is_no_evidence(stage, outputs, history):
    stage.pulumi.stacks["dev"] = {"outputs": outputs, "history": history}
    stage.pulumi.save()
    assert refused(asked(stage)).startswith("no evidence: ")


def test_no_secret_is_asked_for(stage):
    stage.deploy("dev")
    asked(stage)
    assert stage.pulumi.calls()
    assert not [call for call in stage.pulumi.calls() if "show-secrets" in call]


def test_the_local_stacks_of_a_checkout_are_asked_by_the_toolchain():
    here = backend.Backend.of("dev", "local", CHECKOUT)
    assert here.spoken == "python3 -m toolchain pulumi"
    assert here.up == "make up STACK=dev"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "0min"),
        (timedelta(minutes=59, seconds=59), "59min"),
        (timedelta(hours=24), "1d"),
        (timedelta(days=3, hours=4, minutes=5), "3d 4h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(time, words):
    assert span(time) == words
