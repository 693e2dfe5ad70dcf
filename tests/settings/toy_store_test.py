"""A new store is its folder and four lines elsewhere: whatever loops over all stores then knows it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.declare import PROJECT

pytestmark = pytest.mark.programs

LINES = {
    "components/settings/stack.py": (
        ("from components.stores.volumes", "from components.stores.toy.settings import ToySettings"),
        ("    jobs: Annotated", "    toy: Annotated[ToySettings | None, Section()] = None"),
    ),
    "components/settings/stores.py": (
        ("from components.stores.volumes", "from components.stores.toy.description import TOY"),
        ("STORE_KINDS: tuple", "STORE_KINDS: tuple[StoreKind, ...] = (OPENSEARCH, QDRANT, CHROMA, TOY, VOLUMES)"),
    ),
}
"""Before which line each of the four stands; the last takes the place of that line."""

SECTION = """
  ballast:toy:
    version: 2.1.0
    colour: 1.0.0
    cpu: 100m
    memory: 512Mi
    disk: 2Gi
    recovery: {recoveryPoint: 24h, recoveryTime: 8h, retention: 7d}
    snapshots: {volume: {size: 4Gi}}
"""

ASKED = """
import json, sys
from pathlib import Path
from components.composition.quotas import stores_quota
from components.settings.read import read_stack
from components.settings.recorded_state import recorded_state
from components.settings.report import SettingsError
from components.settings.schema import stack_schema
from components.settings.secrets import SECRETS
from components.settings.stores import stores
from components.settings.table import settings_table
from components.settings.transitions import forbidden_transitions
from components.storage.signals import signals
from ops.stores import declared_store, store_kind

file, text = Path("Pulumi.dev.yaml"), Path("Pulumi.dev.yaml").read_text()

def read(**changes):
    changed = text
    for old, new in changes.get("changes", ()):
        assert changed.count(old) == 1, old
        changed = changed.replace(old, new)
    file.write_text(changed)
    return read_stack(file, SECRETS)

def mistakes(*changes):
    try:
        read(changes=changes)
    except SettingsError as error:
        return {one.key: one.problem for one in error.mistakes}
    return {}

def steps(*changes):
    found = forbidden_transitions(recorded_state(stack), recorded_state(read(changes=changes)))
    return {one.key: one.remedy for one in found}

def quota(stack):
    return stores_quota(stack, kind.namespace).hard()["requests.storage"]

stack = read()
kind = store_kind("toy")
without = text[text.index("  ballast:toy:"):]
print(json.dumps({
    "recorded": {key: value for key, value in recorded_state(stack).items() if key.startswith("toy")},
    "labels": [store.label for store in stores(stack)],
    "limit": mistakes(("memory: 512Mi\\n    disk: 2Gi\\n    recovery: {recoveryPoint: 24h, recoveryTime: 8h, "
        "retention: 7d}\\n    snapshots: {volume: {size: 4Gi}}", "memory: 64Mi\\n    disk: 2Gi\\n    recovery: "
        "{recoveryPoint: 24h, recoveryTime: 8h, retention: 7d}\\n    snapshots: {volume: {size: 4Gi}}")),
    "version": mistakes(("version: 2.1.0", "version: 1.0.0")),
    "own rule": mistakes(("colour: 1.0.0", "colour: 0.0.0")),
    "room": mistakes(("snapshots: {volume: {size: 4Gi}}", "snapshots: {volume: {size: 3Gi}}")),
    "back": steps(("version: 2.1.0", "version: 2.0.9")),
    "skipped": steps(("version: 2.1.0", "version: 2.3.0")),
    "painted": steps(("colour: 1.0.0", "colour: 2.0.0")),
    "left": steps((without, "")),
    "given up": steps((without, "  ballast:allowOrphaned: [toy]\\n")),
    "prefix": declared_store(kind, None, stack, file.name).prefix,
    "restore": kind.restore.request("latest", (), ""),
    "quota": [quota(read(changes=((without, ""),))), quota(stack)],
    "watched": 'store="toy"' in str(signals(stack)),
    "secret": "toyPassword" in SECRETS and "toyPassword" in settings_table() and "ballast:toy" in str(stack_schema()),
}))
"""


def insert(path: Path, places: tuple[tuple[str, str], ...]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for mark, new in places:
        at = next(index for index, line in enumerate(lines) if line.startswith(mark))
        lines[at : at + new.startswith(mark)] = [new]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the platform says of the toy, in a copy of the program to which it was added."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("components", "ops"):
        shutil.copytree(PROJECT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(__file__).parent / "toy", copy / "components" / "stores" / "toy")
    for name, places in LINES.items():
        insert(copy / name, places)
    text = (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    (copy / "Pulumi.dev.yaml").write_text(text.rstrip("\n") + SECTION, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_takes_four_lines_outside_its_folder():
    assert sum(map(len, LINES.values())) == 4


def test_what_data_ties_the_stack_to_is_recorded(known):
    assert known["recorded"] == {
        "toy.version": "2.1.0",
        "toy.colour": "1.0.0",
        "toy.disk": "2Gi",
        "toy.recovery.retention": "7d",
        "toy.snapshots": "volume",
        "toy.snapshots.volume.size": "4Gi",
    }


@pytest.mark.parametrize(
    ("broken", "key", "words"),
    [
        ("limit", "memory", "no child plays with less"),
        ("version", "version", "too old"),
        ("own rule", "colour", "is black"),
        ("room", "snapshots.volume.size", "less than 4Gi"),
        ("back", "version", "write 2.1.0 or newer"),
        ("skipped", "version", "go to 2.2 first"),
        ("painted", "colour", "write 1.0.0"),
    ],
)
def test_rules_of_all_stores_and_its_own_hold_for_it(known, broken, key, words):
    assert list(known[broken]) == [f"ballast:toy.{key}"]
    assert words in known[broken][f"ballast:toy.{key}"]


def test_it_is_not_left_behind_without_a_word(known):
    assert known["left"] == {"ballast:toy": "write it back, or give it up: allowOrphaned: [toy]"}
    assert known["given up"] == {}


def test_the_commands_dashboards_and_quotas_know_it(known):
    assert known["labels"] == ["opensearch", "qdrant", "chroma", "toy", "volume-knowledge"]
    assert (known["prefix"], known["restore"]) == ("toy", {})
    without, with_it = (int(size.removesuffix("Gi")) for size in known["quota"])
    # Its disk and its snapshots, twice as every claim.
    assert with_it - without == 12
    assert known["watched"] is True
    assert known["secret"] is True
