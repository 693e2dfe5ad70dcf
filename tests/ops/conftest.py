"""A project folder with real stack files, and a kubectl that answers what a test says."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops import following
from ops.__main__ import main
from tests.harness.declare import PROJECT
from toolchain.recipes import KUBERNETES_VERSION

PROD = "00000000-0000-4000-8000-000000000002"


@dataclass
class Kubectl:
    """The stand-in; see fake_kubectl.py."""

    folder: Path
    rules: dict[tuple[str, ...], list[dict]] = field(default_factory=dict)

    def answers(self, *words, document=None, text="", error="", code=0, hangs=False):
        """Let it answer a call with all these words; several answers are given one after the other."""
        text = json.dumps(document) if document is not None else text
        answer = {"text": text, "error": error, "code": code, "hangs": hangs}
        self.rules.setdefault(words, []).append(answer)
        (self.folder / "answers.json").write_text(json.dumps(list(self.rules.items())))

    def calls(self, *words):
        """Return the calls with all these words: arguments and standard input."""
        path = self.folder / "calls.jsonl"
        calls = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [call for call in calls if set(words) <= set(call["arguments"])]

    @property
    def made(self):
        """The objects that it was told to make."""
        return [json.loads(call["stdin"]) for call in self.calls("create")]

    @property
    def request(self):
        """What the one job that was made is asked for."""
        (job,) = self.made
        environment = job["spec"]["template"]["spec"]["containers"][0]["env"]
        return json.loads(next(entry["value"] for entry in environment if entry["name"] == "BALLAST_REQUEST"))


@dataclass
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The current folder: prod and dev as they are, but for the kubeconfig, which is a file of the test."""
    (tmp_path / "kubeconfig").write_text("{}")
    for stack in ("dev", "prod"):
        text = (PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(re.sub(r"(?m)^(\s+kubeconfig:).*$", r"\1 kubeconfig", text))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kubectl(project, monkeypatch):
    """The stand-in on PATH, of the very version that the toolchain builds; it knows the UID of prod's cluster."""
    folder = project / "bin"
    folder.mkdir()
    script = (PROJECT / "tests" / "ops" / "fake_kubectl.py").read_text(encoding="utf-8")
    (folder / "kubectl").write_text(f"#!{sys.executable} -SE\n{script}")
    (folder / "kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0.01)
    fake = Kubectl(folder)
    fake.answers("version", document={"clientVersion": {"gitVersion": KUBERNETES_VERSION}})
    fake.answers("get", "namespace", "kube-system", document={"metadata": {"uid": PROD}})
    return fake


@pytest.fixture
def ballast(project, capsys):
    """Runs the command in the project folder."""
    assert Path.cwd() == project

    def run(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Said(code, printed.out, printed.err)

    return run


def template(name, namespace):
    """A CronJob as the API server shows one, reduced to what matters here."""
    pod = {
        "metadata": {"labels": {"ballast/network-profile": "admin"}},
        "spec": {
            "containers": [{"name": "job", "env": [{"name": "BALLAST_CONFIG", "value": "/etc/config.json"}]}],
            "volumes": [{"name": "config", "configMap": {"name": f"{name}-config"}}],
        },
    }
    return {
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-of-{name}"},
        "spec": {
            "suspend": True,
            "jobTemplate": {
                "metadata": {"labels": {"app.kubernetes.io/part-of": "ballast"}},
                "spec": {"backoffLimit": 6, "template": pod},
            },
        },
    }


def job(*conditions, failed=0, name="one", owner="nobody"):
    """A Job in some state."""
    return {
        "metadata": {"name": name, "ownerReferences": [{"uid": owner}]},
        "spec": {"backoffLimit": 6},
        "status": {"failed": failed, "conditions": [{"status": "True", **condition} for condition in conditions]},
    }


def pod(name="one-abc", phase="Succeeded", *, created="2026-01-01T00:00:00Z", **status):
    """A pod of a Job."""
    return {"metadata": {"name": name, "creationTimestamp": created}, "status": {"phase": phase, **status}}


@pytest.fixture
def templates(kubectl):
    """Lets the cluster have a template, and every job made from it be complete at once with a line in its log."""

    def make(name, namespace):
        kubectl.answers("get", "cronjob", name, f"--namespace={namespace}", document=template(name, namespace))
        kubectl.answers("get", "jobs", document={"items": []})
        kubectl.answers("create", text="job.batch/made")
        kubectl.answers("get", "job", document=job({"type": "Complete"}))
        kubectl.answers("get", "pods", document={"items": [pod()]})
        kubectl.answers("logs", text="done       what was asked\n")

    return make


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    """No kubectl that somebody built, and nobody's home."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shutil.which("kubectl", path=str(tmp_path / "bin")) is None
