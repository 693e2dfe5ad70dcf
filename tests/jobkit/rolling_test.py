"""The gated restart, whatever the store: who goes when, and what is left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.rolling import Restart
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.config import RestartConfig
from tests.harness.told import changed, job, told

if TYPE_CHECKING:
    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.kubernetes_store import KubernetesStore

NAMESPACE, SET = "qdrant", "qdrant"
PODS = ("qdrant-0", "qdrant-1", "qdrant-2")


@dataclass
class Gate:
    """A store that says what a test tells it to, and writes down what it is asked.

    Attributes:
        trouble: what it answers when it is asked whether it is whole.
        asked: what it was asked and told, in order.
    """

    trouble: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def healthy(self, pod: str | None) -> None:
        self.asked.append(f"healthy {pod}")
        if self.trouble is not None:
            raise self.trouble

    def before(self, pod: str) -> None:
        self.asked.append(f"before {pod}")

    def rejoined(self, pod: str) -> None:
        self.asked.append(f"rejoined {pod}")
        self.trouble = None

    def release(self) -> None:
        self.asked.append("release")


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def restart(api: KubernetesStore, kubernetes: Kubernetes, gate: Gate) -> Restart:
    api.add_stateful_set(NAMESPACE, SET, 3, {"app": "store"})
    api.change_template(NAMESPACE, SET, "second")
    config = changed(told(RestartConfig, "qdrant-jobs-restart"), deadline_seconds=2)
    context = job(config, kubernetes, pause=0.01)
    return Restart(context, gate, context.lock(), lambda _: False)


def away(api: KubernetesStore) -> list[list[str]]:
    """Write down who is not ready each time a pod is deleted."""
    seen: list[list[str]] = []

    def look(_: str) -> None:
        pods = api.pods(NAMESPACE)
        seen.append([name for name in PODS if name not in pods or pods[name]["metadata"].get("deletionTimestamp")])

    api.on_delete = look
    return seen


def test_one_pod_at_a_time_each_with_leave_a_place_and_a_release(api: KubernetesStore, restart: Restart, gate: Gate):
    seen = away(api)
    assert restart.run() == 3
    assert seen == [["qdrant-2"], ["qdrant-1"], ["qdrant-0"]]
    steps = [f"{step} qdrant-2" for step in ("healthy", "before", "rejoined")]
    assert gate.asked[:4] == [*steps, "release"]
    assert gate.asked[-1] == "healthy None", "the last one is waited for too"


def test_a_broken_pod_goes_first_and_the_store_is_not_asked_about_it(
    api: KubernetesStore, restart: Restart, gate: Gate
):
    gate.trouble = NotYetError("a node is missing")
    api.set_ready(NAMESPACE, "qdrant-0", ready=False)
    seen = away(api)
    assert restart.run() == 3
    assert seen[0] == ["qdrant-0"]
    assert "before qdrant-0" not in gate.asked


def test_where_no_pod_is_ready_and_the_store_is_silent_all_are_restarted_together(
    api: KubernetesStore, restart: Restart, gate: Gate
):
    for pod in PODS:
        api.set_ready(NAMESPACE, pod, ready=False)
    silence = UnreachableError("no answer")
    gate.trouble = silence
    answers = iter([silence])

    def healthy(pod: str | None) -> None:
        gate.asked.append(f"healthy {pod}")
        for answer in answers:
            raise answer

    gate.healthy = healthy  # type: ignore[method-assign]
    assert restart.run() == 3
    assert not [step for step in gate.asked if step.startswith(("before", "rejoined"))]


def test_a_store_that_still_answers_loses_one_node_at_a_time_although_no_pod_looks_ready(
    api: KubernetesStore, restart: Restart, gate: Gate
):
    for pod in PODS:
        api.set_ready(NAMESPACE, pod, ready=False)
    seen = away(api)
    assert restart.run() == 3
    assert [len(names) for names in seen] == [1, 1, 1]
    assert len([step for step in gate.asked if step.startswith("rejoined")]) == 3


def test_no_second_pod_is_taken_away_although_the_store_says_it_could_do_without(
    api: KubernetesStore, restart: Restart
):
    api.accept_pods(NAMESPACE, SET)
    api.pods(NAMESPACE)["qdrant-2"]["metadata"]["labels"]["controller-revision-hash"] = "first"
    api.set_ready(NAMESPACE, "qdrant-0", ready=False)
    seen = away(api)
    with pytest.raises(JobError, match="qdrant-0 is not ready, and no second pod is taken away"):
        restart.run()
    assert seen == []


def test_a_store_that_is_not_whole_keeps_every_pod_until_the_time_is_over(
    api: KubernetesStore, restart: Restart, gate: Gate
):
    gate.trouble = NotYetError("a shard is nowhere")
    before = {name: pod["metadata"]["uid"] for name, pod in api.pods(NAMESPACE).items()}
    with pytest.raises(JobError, match=r"leave to restart qdrant-2: not within 2 s; at the end: a shard is nowhere"):
        restart.run()
    assert {name: pod["metadata"]["uid"] for name, pod in api.pods(NAMESPACE).items()} == before


def test_what_was_prepared_for_a_pod_is_released_when_it_does_not_come_back(
    api: KubernetesStore, restart: Restart, gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(api, "set_ready", lambda *_, **__: None)
    with pytest.raises(JobError, match="pod qdrant-2: not within 2 s; at the end: it is not ready"):
        restart.run()
    assert gate.asked[-1] == "release"
    assert sorted(name for name, pod in api.pods(NAMESPACE).items() if "qdrant" in name) == list(PODS)
