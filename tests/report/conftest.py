"""`ballast preview-report` in an empty folder, with waivers as a test wants them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.__main__ import main

SAMPLES = Path(__file__).parent / "samples"
TODAY = "2026-11-21"


@dataclass
class Said:
    code: int
    out: str
    err: str

    def section(self, heading: str) -> str:
        """One section of the report; empty if it has none of that name."""
        _, found, rest = self.out.partition(f"### {heading}\n")
        return rest.split("\n### ")[0].split("\n<details>")[0] if found else ""

    @property
    def losses(self) -> list[str]:
        """The headlines of all losses."""
        lines = self.section("Data that would be lost").splitlines()
        return [line.strip("- *").replace("`", "") for line in lines if line.startswith("- ")]


@pytest.fixture
def report(tmp_path, monkeypatch, capsys):
    """Runs the command on documents by their stack's name, or on what a test names itself."""
    monkeypatch.chdir(tmp_path)
    Path("delivery").mkdir()
    Path("delivery/waivers.yaml").write_text("waivers: []\n")

    def run(*arguments, **documents):
        for name, document in documents.items():
            Path(f"{name}.json").write_text(json.dumps(document))
        files = [f"{name}.json" for name in documents]
        try:
            code = main(["preview-report", *files, *map(str, arguments), "--today", TODAY])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return Said(code if isinstance(code, int) else 0, said.out, said.err)

    return run
