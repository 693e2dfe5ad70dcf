"""A changed template reaches the pods one by one: the shipped job, its own rights, real pods of production's shape."""

from __future__ import annotations

import subprocess
import threading
import time

import pytest

from tests.harness.calm_opensearch import CalmOpenSearch
from tests.harness.json_server import JsonServer
from tests.harness.shipped import said, start
from toolchain import toolbox

pytestmark = pytest.mark.engine

NODES = "app.kubernetes.io/component=opensearch-node"


@pytest.fixture
def search(prod):
    with JsonServer(CalmOpenSearch(prod.cluster)) as server:
        yield server


class Watch(threading.Thread):
    """Follows every event of the nodes' pods; remembers the most that were away, and the order of their returns."""

    COLUMNS = (
        "NAME:.metadata.name,UID:.metadata.uid,GOES:.metadata.deletionTimestamp,"
        'READY:.status.conditions[?(@.type=="Ready")].status'
    )

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.most_away = 0
        self.returned = []
        self._there = {name: uid for name, (uid, _) in nodes(stack).items()}
        self._process = subprocess.Popen(
            [
                str(toolbox.require("kubectl")),
                f"--kubeconfig={stack.cluster.kubeconfig}",
                *("get", "pods", "--namespace=opensearch", f"--selector={NODES}", "--watch", "--no-headers"),
                f"--output=custom-columns={self.COLUMNS}",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        # The first lines tell what is there: from then on nothing is missed.
        for _ in self._there:
            said(self._process).readline()

    def run(self):
        away = set()
        for line in said(self._process):
            name, uid, goes, ready = line.split()
            if goes == "<none>" and ready == "True":
                away.discard(name)
                if self._there[name] != uid:
                    self.returned.append(name)
                    self._there[name] = uid
            else:
                away.add(name)
            self.most_away = max(self.most_away, len(away))

    def end(self):
        self._process.terminate()
        self._process.wait()
        self.join()


def nodes(stack):
    return {
        pod["metadata"]["name"]: (
            pod["metadata"]["uid"],
            any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", [])),
        )
        for pod in stack.objects("pods")
        if pod["metadata"]["labels"].get("app.kubernetes.io/component") == "opensearch-node"
    }


def restarts(stack):
    return {
        job["metadata"]["name"]
        for job in stack.objects("jobs")
        if job["metadata"]["name"].startswith("opensearch-jobs-restart")
    }


def change_every_template(stack, old, new):
    """Another heap for data nodes and another size for managers: all six pods are outdated, and none restarts."""
    before, jobs = nodes(stack), restarts(stack)
    stack.change(f"heap: {old}Gi", f"heap: {new}Gi")
    stack.change(f"memory: {int(old) - 2}Gi", f"memory: {int(new) - 2}Gi", section="opensearch")
    stack.up()
    assert restarts(stack) != jobs, "a changed template asks for a restart of its own"
    assert {name: uid for name, (uid, _) in nodes(stack).items()} == {name: uid for name, (uid, _) in before.items()}
    return before


def ended(process):
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def test_a_changed_template_rolls_the_pods_one_by_one_data_before_managers_once_the_cluster_is_healthy(
    prod, search, tmp_path
):
    before = change_every_template(prod, "4", "3")
    search.stub.status = "red"
    job = start(prod.cluster, "opensearch", "opensearch-jobs-restart", tmp_path / "job", search.url)
    line = next(line for line in said(job) if "leave to restart" in line)
    assert "leave to restart opensearch-data-" in line
    assert "its status is red" in line
    assert {name: uid for name, (uid, _) in nodes(prod).items()} == {name: uid for name, (uid, _) in before.items()}
    assert search.stub.settings == {}
    watch = Watch(prod)
    watch.start()
    search.stub.status = "green"
    code, output = ended(job)
    watch.end()
    assert code == 0, output
    after = nodes(prod)
    assert {name for name, (uid, _) in after.items() if uid != before[name][0]} == set(before)
    assert watch.most_away == 1
    assert ["manager" in name for name in watch.returned] == [False] * 3 + [True] * 3
    assert search.stub.settings == {}, "allocation is left as it was"
    code, output = ended(start(prod.cluster, "opensearch", "opensearch-jobs-restart", tmp_path / "again", search.url))
    assert (code, output.splitlines()[-1]) == (0, "unchanged  no pod is outdated")


def test_a_job_that_was_killed_half_way_is_finished_by_the_next_and_two_never_act_at_once(prod, search, tmp_path):
    before = change_every_template(prod, "3", "4")
    first = start(prod.cluster, "opensearch", "opensearch-jobs-restart", tmp_path / "first", search.url, holder="first")
    while sum(uid != before[name][0] for name, (uid, _) in nodes(prod).items()) < 2:
        time.sleep(0.05)
    # It waits for the cluster with its lock in hand, however long the second takes to come.
    search.stub.status = "red"
    watch = Watch(prod)
    watch.start()
    # The second comes while the first acts: it waits for the lock, and takes it over when its holder is silent.
    second = start(
        prod.cluster, "opensearch", "opensearch-jobs-restart", tmp_path / "second", search.url, holder="second"
    )
    line = said(second).readline()
    first.kill()
    first.wait()
    search.stub.status = "green"
    code, output = ended(second)
    watch.end()
    assert "the lock opensearch/opensearch-operations: first holds it" in line
    assert code == 0, output
    assert {name for name, (uid, _) in nodes(prod).items() if uid != before[name][0]} == set(before)
    assert watch.most_away == 1
    assert search.stub.settings == {}
