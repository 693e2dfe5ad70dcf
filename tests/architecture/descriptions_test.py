"""Each store and each program is described in its own folder: few files elsewhere name it, and a new one needs few."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.harness.declare import PROJECT

CEILINGS = {"opensearch": 5, "qdrant": 3, "chroma": 4, "loki": 5, "tempo": 5}
"""Files outside its own folder that name it today. The count only falls: lower the number with it, never raise it."""


def naming(word: str) -> list[str]:
    """Modules of the program outside the folder of that name in which the word stands."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "components", "ops", "toolchain"]
    tracked = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    found = [PROJECT / name for name in tracked if name.endswith(".py") and not re.search(rf"/{word}[/_.]", name)]
    # Neither a temporary file nor a FileSystemPolicy is the store of traces.
    spelled = re.compile(rf"(?i)(?<!sys){word}(?!rar)")
    return [str(path.relative_to(PROJECT)) for path in found if path.exists() and spelled.search(path.read_text())]


@pytest.mark.parametrize(("word", "ceiling"), CEILINGS.items())
def test_the_number_of_files_that_name_it_elsewhere_only_falls(word, ceiling):
    found = naming(word)
    assert len(found) == ceiling, found


def test_what_everything_loops_over_names_each_store_once():
    """The section of the stack file and the list of descriptions: what is composed of them names it besides."""
    composed = ("components/composition/", "components/platform.py")
    for word in ("qdrant", "chroma"):
        assert [path for path in naming(word) if not path.startswith(composed)] == [
            "components/settings/stack.py",
            "components/settings/stores.py",
        ]
