"""What of others runs in the workflows: each by the digest of a commit (docs/decisions/0028)."""

from __future__ import annotations

import re

from tests.harness.workflows import ACTIONS, WORKFLOWS, jobs, steps

# Read in public repositories that name the same version beside the same digest. A new one is added by hand.
PINS = {
    "actions/cache": ("55cc8345863c7cc4c66a329aec7e433d2d1c52a9", "v6.1.0"),
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
}


def used():
    """Every line that uses something of others."""
    lines = [line.strip() for path in (*WORKFLOWS, *ACTIONS) for line in path.read_text().splitlines()]
    return [line.removeprefix("- ") for line in lines if re.match(r"(- )?uses: (?!\./)", line)]


def test_every_use_is_pinned_by_digest_with_its_version_beside_it():
    assert set(used()) == {f"uses: {name}@{digest} # {version}" for name, (digest, version) in PINS.items()}


def test_no_use_escapes_the_reading_by_lines():
    of_jobs = [job["uses"] for _, _, job in jobs() if "uses" in job]
    assert len(used()) == len(
        [uses for uses in (*of_jobs, *(step.uses for step in steps())) if uses[:2] not in {"", "./"}]
    )


def test_a_digest_is_a_whole_one():
    assert all(re.fullmatch("[0-9a-f]{40}", digest) for digest, _ in PINS.values())
