"""What changed inside of rendered files, by the program of the base and the one at hand."""

from __future__ import annotations

import shutil

import pytest

from ops.golden.files import all_entries
from ops.golden.rendered import contents
from ops.repository import Base
from tests.harness.cluster import copy_project
from tests.harness.declare import PROJECT
from tests.harness.repository import Repository

pytestmark = pytest.mark.programs


def test_a_shorter_time_in_a_rendered_file_is_shown_as_text(tmp_path):
    repository = Repository(copy_project(tmp_path / "project"), "Pulumi.dev.yaml")
    (repository.folder / ".venv").unlink()
    shutil.copytree(PROJECT / "ops", repository.folder / "ops", ignore=shutil.ignore_patterns("__pycache__"))
    repository.commit_all("as it was")
    text = repository.path.read_text(encoding="utf-8")
    begin = text.index("  ballast:loki:")
    assert "retention: 7d" in text[begin:]
    repository.path.write_text(
        text[:begin] + text[begin:].replace("retention: 7d", "retention: 3d", 1), encoding="utf-8"
    )
    now = all_entries(repository.folder, ["dev"])
    found = contents(Base.find(repository.folder, "main"), now | {"new": []})
    assert set(found) == {"dev"}
    lines = found["dev"]["ConfigMap observability/loki-configuration-made: data.loki.yaml"]
    assert [line.split() for line in lines if line[0] in "-+"] == [
        ["-", "retention_period:", "168h"],
        ["+", "retention_period:", "72h"],
    ]
