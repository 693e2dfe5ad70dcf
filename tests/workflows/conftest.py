"""A runner's machine for single steps."""

from __future__ import annotations

import json

import pytest

from tests.harness.runner import STACKS, Runner


@pytest.fixture
def runner(tmp_path):
    """A machine on which every program answers as on a good day, with previews of dev and staging at hand."""
    machine = Runner(tmp_path)
    answer = machine.fakes.answer
    answer("ballast affected", json.dumps({"stacks": ["dev", "staging"], "reasons": {"dev": "its file"}}))
    answer("ballast stacks", STACKS)
    answer("ballast preview-report", files={"report.md": "<!-- ballast-preview -->\nall well\n"})
    answer("gh api", "[[]]")
    answer("pulumi stack history", "[]")
    answer("pulumi preview", '{"changeSummary": {"same": 3}}')
    (machine.repository / "previews").mkdir()
    for name in ("dev", "staging"):
        (machine.repository / "previews" / f"{name}.json").write_text('{"changeSummary": {"same": 3}}')
    return machine
