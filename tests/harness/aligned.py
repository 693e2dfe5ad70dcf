"""The real stack files once every value has been promoted: what waits for its promotion is no business of a test."""

from __future__ import annotations

import functools
import itertools
import re
import tempfile
from pathlib import Path

from ops.promotion.proposal import Proposal
from tests.harness.declare import PROJECT

WAY = ("dev", "staging", "prod")
VERSIONS = {"nodeExporter": "1.12.1", "kubeStateMetrics": "2.20.0"}
"""Those that tests of promotions change."""


@functools.cache
def aligned() -> dict[str, str]:
    """Return the text of each environment's file."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for environment in WAY:
            text = (PROJECT / _file(environment)).read_text(encoding="utf-8")
            (folder / _file(environment)).write_text(_with_known_versions(text), encoding="utf-8")
        for source, target in itertools.pairwise(WAY):
            merged = Proposal.read(folder, source, target).merged_text
            (folder / _file(target)).write_text(merged, encoding="utf-8")
        return {environment: (folder / _file(environment)).read_text(encoding="utf-8") for environment in WAY}


def _file(environment: str) -> str:
    return f"Pulumi.{environment}.yaml"


def _with_known_versions(text: str) -> str:
    for section, version in VERSIONS.items():
        pattern = rf"(?m)(^  ballast:{section}:\n(?:    .*\n)*?    version: )\S+"
        text, times = re.subn(pattern, rf"\g<1>{version}", text)
        assert times == 1, section
    return text
