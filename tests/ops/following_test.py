"""A job is shown until it ends, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.harness.declare import PROJECT
from tests.ops.conftest import job, pod, template


@pytest.fixture
def started(kubectl):
    """A cluster in which the restore of OpenSearch can be started; what comes of it is the test's."""
    kubectl.answers("get", "cronjob", document=template("opensearch-restore", "opensearch"))
    kubectl.answers("create", text="job.batch/made")
    return kubectl


@pytest.fixture
def alone(started):
    """No other job of the template runs."""
    started.answers("get", "jobs", document={"items": []})
    return started


def test_the_last_sentence_of_a_job_that_fails_for_good_is_the_error(alone, ballast):
    pods = [pod("one-b", "Failed", created="2026-01-01T00:00:09Z"), pod("one-a", "Failed")]
    alone.answers("get", "job", document=job({"type": "Failed", "reason": "BackoffLimitExceeded"}, failed=2))
    alone.answers("get", "pods", document={"items": pods})
    alone.answers("logs", "one-a", text="failed     restore: the first sentence.\n")
    alone.answers("logs", "one-b", text="begun      it\nfailed     restore: the last sentence.\nended      it\n")
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 1
    assert said.err.startswith("error: job opensearch/opensearch-restore-2")
    assert said.err.endswith("failed: restore: the last sentence.\n")
    assert said.out.index("the first sentence") < said.out.index("begun      it")


def test_a_job_that_failed_without_a_word_is_explained_by_kubernetes(alone, ballast):
    ended = {"type": "Failed", "reason": "DeadlineExceeded", "message": "Job was active longer than specified deadline"}
    alone.answers("get", "job", document=job(ended))
    alone.answers("get", "pods", document={"items": []})
    assert "failed: DeadlineExceeded: Job was active longer" in ballast("restore", "prod", "opensearch").err


def test_a_log_that_breaks_off_goes_on_where_it_was_and_repeats_nothing(alone, ballast):
    alone.answers("get", "job", document=job())
    alone.answers("get", "job", document=job({"type": "Complete"}))
    alone.answers("get", "pods", document={"items": [pod(phase="Running")]})
    alone.answers("get", "pods", document={"items": [pod()]})
    alone.answers("logs", text="line 1\nline 2\n", code=1)
    alone.answers("logs", text="line 1\nline 2\nline 3\n")
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 0
    assert [line for line in said.out.splitlines() if line.startswith("line")] == ["line 1", "line 2", "line 3"]


def test_a_second_attempt_a_pod_that_waits_and_a_refused_pod_are_told_once_each(alone, ballast):
    pulling = {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no image"}}}]}
    homeless = {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}]}
    alone.answers("get", "job", document=job())
    for _ in range(4):
        alone.answers("get", "job", document=job(failed=1))
    alone.answers("get", "job", document=job({"type": "Complete"}))
    alone.answers("get", "events", document={"items": [{"message": "exceeded quota"}]})
    alone.answers("get", "pods", document={"items": []})
    alone.answers("get", "pods", document={"items": [pod(phase="Failed")]})
    alone.answers("get", "pods", document={"items": [pod(phase="Failed"), pod("two", "Pending", **homeless)]})
    alone.answers("get", "pods", document={"items": [pod(phase="Failed"), pod("two", "Pending", **pulling)]})
    alone.answers("logs")
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 0
    assert [line for line in said.out.splitlines() if line.startswith("waiting")] == [
        "waiting    exceeded quota",
        "waiting    attempt 1 of 7 failed; the next one follows by itself",
        "waiting    pod two has no node: 0/3 nodes are available",
        "waiting    pod two: ImagePullBackOff no image",
    ]
    assert len(alone.calls("logs")) == 1


def test_an_api_server_that_is_away_for_a_while_ends_nothing(alone, ballast):
    alone.answers("get", "job", error="Unable to connect to the server\n", code=1)
    alone.answers("get", "job", document=job({"type": "Complete"}))
    alone.answers("get", "pods", document={"items": []})
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 0
    assert "waiting    Pulumi.prod.yaml: ballast:cluster: `kubectl get job" in said.out


def test_events_that_may_not_be_read_end_nothing(alone, ballast):
    alone.answers("get", "job", document=job())
    alone.answers("get", "job", document=job({"type": "Complete"}))
    alone.answers("get", "pods", document={"items": []})
    alone.answers("get", "events", error="Error from server (Forbidden): no right\n", code=1)
    said = ballast("restore", "prod", "opensearch")
    assert (said.code, said.err) == (0, "")
    assert len(alone.calls("get", "events")) == 1


def test_a_job_that_somebody_deletes_is_no_success(alone, ballast):
    alone.answers("get", "job")
    alone.answers("get", "pods", document={"items": []})
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 1
    assert "was deleted before it was over" in said.err


def test_a_log_that_can_not_be_read_hides_no_outcome(alone, ballast):
    alone.answers("get", "job", document=job({"type": "Complete"}))
    alone.answers("get", "pods", document={"items": [pod()]})
    alone.answers("logs", error="Error from server: no kubelet\n", code=1)
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 0
    assert "waiting    the log of pod one-abc can't be read now" in said.out


def test_another_run_of_the_template_that_is_not_over_is_named(started, ballast):
    others = [
        job(name="restore-1", owner="uid-of-opensearch-restore"),
        job({"type": "Complete"}, name="restore-0", owner="uid-of-opensearch-restore"),
        job(name="snapshots-1", owner="uid-of-opensearch-snapshots"),
    ]
    started.answers("get", "jobs", document={"items": others})
    started.answers("get", "job", document=job({"type": "Complete"}))
    started.answers("get", "pods", document={"items": []})
    said = ballast("restore", "prod", "opensearch")
    assert [line for line in said.out.splitlines() if "still runs" in line] == [
        "waiting    job opensearch/restore-1 still runs; both take the store's lock, one after the other"
    ]


@pytest.fixture
def silent(alone):
    """The job runs and its pod says nothing."""
    alone.answers("get", "job", document=job())
    alone.answers("get", "pods", document={"items": [pod(phase="Running")]})
    alone.answers("logs", text="begun      it\n", hangs=True)
    return alone


def test_patience_ends_also_when_the_pod_is_silent_and_the_job_goes_on(silent, ballast):
    before = time.monotonic()
    said = ballast("restore", "prod", "opensearch", "--wait", "1s")
    assert time.monotonic() - before < 10
    assert said.code == 1
    assert "is not over yet and goes on. See it again: kubectl --kubeconfig=" in said.err
    assert silent.calls("delete") == []


def test_after_ctrl_c_the_job_goes_on_and_can_be_seen_again(silent, project):
    with subprocess.Popen(
        [sys.executable, "-m", "ops", "restore", "prod", "opensearch"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        deadline = time.monotonic() + 60
        while not (silent.folder / "hanging").exists():
            assert command.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=10)
    assert command.returncode == 130
    assert "begun      it" in out
    assert "goes on. See it again: kubectl --kubeconfig=" in err
    assert "logs --follow --namespace=opensearch job/opensearch-restore-2" in err
    assert "Traceback" not in err
    assert silent.calls("delete") == []
