"""The real stack files in a folder of a test's own, and a pulumi that tells what the test says they have run."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from components.settings.document import read_document
from components.settings.promotion import promotion_digest
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from tests.harness.aligned import aligned
from tests.harness.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

PULUMI = """#!{python} -IS
import json, os, sys, time
from pathlib import Path
folder, arguments = Path({folder!r}), sys.argv[1:]
(folder / "process").write_text(str(os.getpid()))
with (folder / "calls").open("a") as calls:
    calls.write(" ".join(arguments) + "\\n")
state = json.loads((folder / "state.json").read_text())
stack = arguments[arguments.index("--stack") + 1]
if state["hangs"]:
    time.sleep(60)
if state["error"]:
    sys.exit(state["error"])
if stack not in state["stacks"]:
    sys.stderr.write(f"error: no stack named '{{stack}}' found\\n")
    sys.exit(6)
if arguments[:2] == ["stack", "output"]:
    print(json.dumps(state["stacks"][stack]["outputs"]))
elif arguments[:3] == ["stack", "tag", "ls"]:
    print(json.dumps(state["stacks"][stack].get("tags", {{}})))
else:
    size, page = (int(arguments[arguments.index(name) + 1]) for name in ("--page-size", "--page"))
    print(json.dumps(state["stacks"][stack]["history"][(page - 1) * size : page * size]))
"""


@dataclass
class FakePulumi:
    """A pulumi on PATH.

    Attributes:
        folder: where it is.
        stacks: outputs, tags and history, the newest update first, of every stack that it knows.
        error: what it says when asked, instead of an answer.
        hangs: whether it never answers.
    """

    folder: Path
    stacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    error: str = ""
    hangs: bool = False

    def create(self) -> FakePulumi:
        """Make the program."""
        self.folder.mkdir()
        program = self.folder / "pulumi"
        program.write_text(PULUMI.format(python=sys.executable, folder=str(self.folder)), encoding="utf-8")
        program.chmod(0o755)
        self.save()
        return self

    def save(self) -> None:
        """Let it answer what stands here now."""
        state = {"stacks": self.stacks, "error": self.error, "hangs": self.hangs}
        (self.folder / "state.json").write_text(json.dumps(state), encoding="utf-8")

    def calls(self) -> list[str]:
        """How it was called."""
        notes = self.folder / "calls"
        return notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []

    def process(self) -> int:
        """The process that was asked last."""
        return int((self.folder / "process").read_text(encoding="utf-8"))


@dataclass
class Stage:
    """A project folder in a git repository of its own.

    Attributes:
        folder: where the stack files are; made if need be.
        pulumi: what their backend answers.
    """

    folder: Path
    pulumi: FakePulumi

    def create(self) -> Stage:
        """Copy the real stack files, and commit them with all their promoted values equal and nothing blocked."""
        self.repository = Repository(self.folder, "Pulumi.dev.yaml")
        for environment, text in aligned().items():
            self.file(environment).write_text(text, encoding="utf-8")
        self.block("blocked: []\n")
        self.head = self.repository.commit_all("as it was")
        return self

    def file(self, environment: str) -> Path:
        return self.folder / f"Pulumi.{environment}.yaml"

    def text(self, environment: str) -> str:
        return self.file(environment).read_text(encoding="utf-8")

    def change(self, environment: str, old: str, new: str) -> None:
        """Replace a piece of text that stands exactly once in a stack file."""
        text = self.text(environment)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in Pulumi.{environment}.yaml"
        self.file(environment).write_text(text.replace(old, new), encoding="utf-8")

    def block(self, text: str) -> None:
        """Write the file of blocked values."""
        (self.folder / "delivery").mkdir(exist_ok=True)
        (self.folder / "delivery" / "blocked.yaml").write_text(text, encoding="utf-8")

    def deploy(self, environment: str, /, *, ago: timedelta = timedelta(minutes=5), **entry: Any) -> None:
        """Let a stack have been updated with what its file holds now, or with what the entry says otherwise."""
        known = self.pulumi.stacks.setdefault(environment, {"outputs": {}, "history": []})
        update = recorded(self.file(environment), datetime.now(tz=UTC) - ago)
        update["environment"] |= {"git.head": self.head, "git.dirty": "false"} | dict(entry.pop("environment", {}))
        known["history"].insert(0, update | entry)
        if entry.get("result", "succeeded") == "succeeded":
            known["outputs"] = {"promotionDigest": promotion_digest(read_stack(self.file(environment), SECRETS))}
        self.pulumi.save()


def recorded(file: Path, ended: datetime) -> dict[str, Any]:
    """An update as `pulumi stack history --json` of 3.250 shows it; evidence_engine_test.py asks the real one."""
    config: dict[str, Any] = {}
    for key, value in read_document(file).data["config"].items():
        if isinstance(value, dict) and "secure" in value:
            config[key] = {"secret": True}
        elif isinstance(value, (dict, list)):
            config[key] = {"value": json.dumps(value), "objectValue": value, "secret": False}
        else:
            config[key] = {"value": str(value), "secret": False}
    return {
        "version": 0,
        "kind": "update",
        "startTime": (ended - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "endTime": ended.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "message": "",
        "environment": {"pulumi.flag.yes": "true", "updatePlan": "false"},
        "config": config,
        "result": "succeeded",
        "resourceChanges": {"same": 480},
    }
