"""Values that both files write: only their characters are replaced."""

from __future__ import annotations

import pytest

from tests.harness.splices import edited, stack

BEFORE_AND_AFTER: dict[str, tuple[str, str, dict[str, object], str]] = {
    "a plain value, comments and alignment untouched": (
        "a: {v: 1}\nballast:q:\n  version: 1.20.0 # here\n",
        "ballast:q:\n    # above\n    version:   1.19.0      # promoted\n    # below\n\n    nodes: 3\n",
        {"q.version": "1.20.0"},
        "ballast:q:\n    # above\n    version:   1.20.0      # promoted\n    # below\n\n    nodes: 3\n",
    ),
    "the source's quotes come along": (
        'ballast:q:\n  cpu: "1"\n',
        "ballast:q:\n  cpu: 500m   # scaled\n",
        {"q.cpu": "1"},
        'ballast:q:\n  cpu: "1"   # scaled\n',
    ),
    "the target's quotes go with its value": (
        "ballast:q:\n  cpu: 2\n",
        "ballast:q:\n  cpu: 'one'   # scaled\n",
        {"q.cpu": 2},
        "ballast:q:\n  cpu: 2   # scaled\n",
    ),
    "a value between braces on one line": (
        "ballast:q:\n  vector:\n    size: 512\n    distance: dot\n",
        "ballast:q:\n  vector: {size: 1024, distance: cosine}   # fixed\n",
        {"q.vector.size": 512, "q.vector.distance": "dot"},
        "ballast:q:\n  vector: {size: 512, distance: dot}   # fixed\n",
    ),
    "a comma would end a plain value between braces, so it is quoted": (
        "ballast:q:\n  vector:\n    distance: a, b\n",
        "ballast:q:\n  vector: {distance: c}\n",
        {"q.vector.distance": "a, b"},
        'ballast:q:\n  vector: {distance: "a, b"}\n',
    ),
    "a list on one line": (
        "ballast:q:\n  keys: [a, 'b']  # source\n",
        "ballast:q:\n  keys: []  # target\n",
        {"q.keys": ["a", "b"]},
        "ballast:q:\n  keys: [a, 'b']  # target\n",
    ),
    "a list of lines for one on one line, its comments with it": (
        "ballast:q:\n  keys:\n  # first\n  - a   # one\n\n  - b\n  next: 1\n",
        "ballast:q:\n    keys: [c]  # promoted\n    next: 1\n",
        {"q.keys": ["a", "b"]},
        "ballast:q:\n    keys:  # promoted\n    # first\n    - a   # one\n\n    - b\n    next: 1\n",
    ),
    "a list on one line for one of lines": (
        "ballast:q:\n  keys: [a]\n",
        "ballast:q:\n  keys:   # promoted\n    # gone with its item\n    - b  # this too\n  # stays\n  next: 1\n",
        {"q.keys": ["a"]},
        "ballast:q:\n  keys: [a]   # promoted\n  # stays\n  next: 1\n",
    ),
    "a mapping of lines for another, at another indentation": (
        "ballast:q:\n  labels:\n      a: 1\n      b: [2]\n",
        "ballast:q:\n labels:\n   c: 3\n next: 1\n",
        {"q.labels": {"a": 1, "b": [2]}},
        "ballast:q:\n labels:\n     a: 1\n     b: [2]\n next: 1\n",
    ),
    "a list over several lines between brackets": (
        "ballast:q:\n  keys: [a,\n         b]\n",
        "ballast:q:\n  keys: [c,   # gone\n    d]   # stays\n  next: 1\n",
        {"q.keys": ["a", "b"]},
        'ballast:q:\n  keys: ["a", "b"]   # stays\n  next: 1\n',
    ),
    "a value on the line after its key": (
        "ballast:q:\n  image: new\n",
        "ballast:q:\n  image:   # long\n    old   # tag\n",
        {"q.image": "new"},
        "ballast:q:\n  image:   # long\n    new   # tag\n",
    ),
    "a value that the source leaves to its default": (
        "ballast:q:\n  cpu: 1\n",
        "ballast:q:\n  memory: cold   # tier\n",
        {"q.memory": "cached"},
        'ballast:q:\n  memory: "cached"   # tier\n',
    ),
    "1 is not true": (
        "ballast:q:\n  on: true\n",
        "ballast:q:\n  on: 1\n",
        {"q.on": True},
        "ballast:q:\n  on: true\n",
    ),
    "the same value in another spelling is left alone": (
        'ballast:q:\n  image: "x"\n',
        "ballast:q:\n  image: 'x'\n",
        {"q.image": "x"},
        "ballast:q:\n  image: 'x'\n",
    ),
    "a default of both is written in neither": (
        "ballast:q:\n  cpu: 1\n",
        "ballast:q:\n  cpu: 1\n",
        {"q.memory": None},
        "ballast:q:\n  cpu: 1\n",
    ),
}


@pytest.mark.parametrize("case", BEFORE_AND_AFTER)
def test_only_the_characters_of_a_value_are_replaced(case):
    source, target, values, expected = BEFORE_AND_AFTER[case]
    assert edited(stack(source), stack(target), values) == stack(expected)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "# header\n\n", "---\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n# end\n", "\n..."])
def test_the_way_a_file_begins_and_ends_and_breaks_its_lines_stays(newline, start, end):
    sections = "ballast:q:\n  version: {}  # promoted\n  keys: {}"
    before = (start + stack(sections.format("1.19.0", "[a]")) + end).replace("\n", newline)
    source = stack("ballast:q:\n  version: 1.20.0\n  keys:\n    - b\n    - c\n")
    after = edited(source, before, {"q.version": "1.20.0", "q.keys": ["b", "c"]})
    changed = sections.format("1.20.0", "[]").replace(" []", "\n    - b\n    - c")
    assert after == (start + stack(changed) + end).replace("\n", newline)


def test_a_source_of_windows_leaves_no_mark_on_a_target_of_unix():
    source = stack("ballast:q:\n  keys:\n    - b\n    - c\n  new: 1\n").replace("\n", "\r\n")
    after = edited(source, stack("ballast:q:\n  keys: []\n"), {"q.keys": ["b", "c"], "q.new": 1})
    assert after == stack("ballast:q:\n  keys:\n    - b\n    - c\n  new: 1\n")
