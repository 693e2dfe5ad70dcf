"""Keys that only one of the two files writes: they come with their comments, and go with them."""

from __future__ import annotations

import pytest

from ops.promotion.splice import REMOVED
from tests.harness.splices import edited, stack

ENTRY: dict[str, object] = {
    "q.indexes.logs.shards": 1,
    "q.indexes.logs.patterns": ["logs-*"],
    "q.indexes.logs.deleteAfter": None,
}

BEFORE_AND_AFTER: dict[str, tuple[str, str, dict[str, object], str]] = {
    "after the same neighbour, with the comments above it and beside it": (
        "ballast:q:\n  a: 1\n  # why\n  # so\n  b: 2   # beside\n  c: 3\n",
        "ballast:q:\n    a: 9   # mine\n    # of c\n    c: 3\n",
        {"q.b": 2},
        "ballast:q:\n    a: 9   # mine\n    # why\n    # so\n    b: 2   # beside\n    # of c\n    c: 3\n",
    ),
    "after the nearest neighbour that the target has, and behind all that belongs to it": (
        "ballast:q:\n  a:\n    x: 1\n  b: 2\n  c: 3\n  d: 4\n",
        "ballast:q:\n  a:\n    x: 1   # beside\n    # y: 2\n\n    # z: 3\n  # of d\n  d: 4\n",
        {"q.c": 3},
        "ballast:q:\n  a:\n    x: 1   # beside\n    # y: 2\n\n    # z: 3\n  c: 3\n  # of d\n  d: 4\n",
    ),
    "before the next neighbour and its comments when there is none before": (
        "ballast:q:\n  a: 1\n  b: 2\n",
        "ballast:q:\n  # other\n  z: 0\n  # of b\n  b: 2\n",
        {"q.a": 1},
        "ballast:q:\n  # other\n  z: 0\n  a: 1\n  # of b\n  b: 2\n",
    ),
    "at the end of its section when there is no neighbour": (
        "ballast:q:\n  a: 1\n",
        "ballast:q:\n  y: 0\n  z: 0   # last\n\n# about r\nballast:r: 1\n",
        {"q.a": 1},
        "ballast:q:\n  y: 0\n  z: 0   # last\n  a: 1\n\n# about r\nballast:r: 1\n",
    ),
    "several in the source's order, whatever order they are asked for": (
        "ballast:q:\n  a: 1\n  d: 2\n  b: 3\n  c: 4\n",
        "ballast:q:\n  a: 1\n",
        {"q.c": 4, "q.d": 2, "q.b": 3},
        "ballast:q:\n  a: 1\n  d: 2\n  b: 3\n  c: 4\n",
    ),
    "an entry as one block in the source's layout": (
        (
            "ballast:q:\n  indexes:\n    # Logs.\n    logs:   # promoted\n        patterns:\n        - logs-*   # all\n"
            '\n        shards: 1\n        # deleteAfter: 30d\n    other: {a: "1"}\n'
        ),
        'ballast:q:\n  indexes:   # mine\n      other: {a: "1"}\n',
        ENTRY,
        (
            "ballast:q:\n  indexes:   # mine\n      # Logs.\n      logs:   # promoted\n          patterns:\n"
            '          - logs-*   # all\n\n          shards: 1\n          # deleteAfter: 30d\n      other: {a: "1"}\n'
        ),
    ),
    "an entry with parts between braces": (
        "ballast:q:\n  indexes: {}\n  collections:\n    d:\n      vector: {size: 4, distance: dot}   # fixed\n",
        "ballast:q:\n  indexes: {}\n  collections:\n    e: {a: 1}\n",
        {"q.collections.d.vector.size": 4, "q.collections.d.vector.distance": "dot"},
        (
            "ballast:q:\n  indexes: {}\n  collections:\n    e: {a: 1}\n    d:\n"
            "      vector: {size: 4, distance: dot}   # fixed\n"
        ),
    ),
    "the first entry of a section that was empty": (
        "ballast:q:\n  indexes:   # source\n    # Logs.\n    logs: {shards: 1}\n",
        "ballast:q:\n    indexes: {}   # target\n    next: 1\n",
        {"q.indexes.logs.shards": 1},
        "ballast:q:\n    indexes:   # target\n      # Logs.\n      logs: {shards: 1}\n    next: 1\n",
    ),
    "a section that stands apart, with an empty line before it": (
        "ballast:p:\n  a: 1\n\n# Q\nballast:q:\n  b: 1\n\nballast:r: 1\n",
        "ballast:p:\n  a: 1\n\nballast:r: 1\n",
        {"q.b": 1},
        "ballast:p:\n  a: 1\n\n# Q\nballast:q:\n  b: 1\n\nballast:r: 1\n",
    ),
    "a section that stands apart, with an empty line after it": (
        "# Q\nballast:q:\n  b: 1\n\n# R\nballast:r: 1\n",
        "# R\nballast:r: 1\n",
        {"q.b": 1},
        "# Q\nballast:q:\n  b: 1\n\n# R\nballast:r: 1\n",
    ),
    "a key goes with the comments directly above it and beside it": (
        "ballast:q:\n  a: 1\n  c: 3\n",
        "ballast:q:\n  a: 1   # mine\n\n  # stays\n\n  # goes\n  b: 2   # goes\n  # of c\n  c: 3\n",
        {"q.b": REMOVED},
        "ballast:q:\n  a: 1   # mine\n\n  # stays\n\n  # of c\n  c: 3\n",
    ),
    "an entry that becomes empty goes, its comments with it": (
        "ballast:q:\n  indexes:\n    other: {a: 1}\n",
        (
            "ballast:q:\n  indexes:\n    # Logs.\n    logs:\n      patterns:\n        - logs-*\n      shards: 1\n"
            "      # deleteAfter: 30d\n    other: {a: 1}\n"
        ),
        dict.fromkeys(ENTRY, REMOVED),
        "ballast:q:\n  indexes:\n    other: {a: 1}\n",
    ),
    "an entry between braces goes whole": (
        "ballast:q:\n  a: 1\n",
        "ballast:q:\n  a: 1\n  streams:   # promoted\n    s: {n: x, r: 9d}\n  z: 1\n",
        {"q.streams.s.n": REMOVED, "q.streams.s.r": REMOVED, "q.streams.s.t": REMOVED},
        "ballast:q:\n  a: 1\n  z: 1\n",
    ),
    "a section that the source writes as empty is written so": (
        "ballast:q:\n  streams: {}   # source\n",
        "ballast:q:\n  streams:   # target\n    # about s\n    s: {n: x}\n  z: 1\n",
        {"q.streams.s.n": REMOVED},
        "ballast:q:\n  streams: {}   # target\n  z: 1\n",
    ),
    "a section that stood apart takes one of its empty lines with it": (
        "ballast:p: 1\n",
        "ballast:p: 1\n\n# Q\nballast:q:\n  b: 1\n\nballast:r: 1\n",
        {"q.b": REMOVED},
        "ballast:p: 1\n\nballast:r: 1\n",
    ),
    "neighbours that stood apart take one of their empty lines with them": (
        "ballast:p: 1\n",
        "ballast:p: 1\n\nballast:q: 1\nballast:r: 1\n\nballast:s: 1\n",
        {"q": REMOVED, "r": REMOVED},
        "ballast:p: 1\n\nballast:s: 1\n",
    ),
    "an entry under another name": (
        "ballast:q:\n  indexes:\n    new: {shards: 1}   # new\n",
        "ballast:q:\n  indexes:   # promoted\n      # Old.\n      old: {shards: 1}\n  z: 1\n",
        {"q.indexes.new.shards": 1, "q.indexes.old.shards": REMOVED},
        "ballast:q:\n  indexes:   # promoted\n      new: {shards: 1}   # new\n  z: 1\n",
    ),
    "a comment that stood apart from what goes does so from what comes": (
        "ballast:q:\n  x:\n    # new\n    c: 3\n",
        "ballast:q:\n  x:\n    # apart\n\n    # old\n    a: 1\n\n  z: 1\n",
        {"q.x.a": REMOVED, "q.x.c": 3},
        "ballast:q:\n  x:\n    # apart\n\n    # new\n    c: 3\n\n  z: 1\n",
    ),
    "what is not there can't go": (
        "ballast:q:\n  a: 1\n",
        "ballast:q:\n  a: 1\n",
        {"q.b": REMOVED},
        "ballast:q:\n  a: 1\n",
    ),
    "a comment at the section's own indentation belongs to no entry": (
        "ballast:q:\n  b: 1\n  c: 2\n",
        "ballast:q:\n  b: 1\n  # b ends\n\n# between\nballast:r: 1\n",
        {"q.c": 2},
        "ballast:q:\n  b: 1\n  c: 2\n  # b ends\n\n# between\nballast:r: 1\n",
    ),
}


@pytest.mark.parametrize("case", BEFORE_AND_AFTER)
def test_keys_come_and_go_with_their_comments(case):
    source, target, values, expected = BEFORE_AND_AFTER[case]
    assert edited(stack(source), stack(target), values) == stack(expected)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n  # Secrets.\n"])
def test_the_end_of_the_file_is_no_special_place(newline, end):
    short = stack("ballast:q:\n  a: 1\n  b: 2")
    long = f"{short}\n    c: 3".replace("    c", "    # why\n    c")
    fewer, more = ((text + end).replace("\n", newline) for text in (short, long))
    assert edited(long, fewer, {"q.c": 3}) == more
    assert edited(short, more, {"q.c": REMOVED}) == fewer


def test_a_line_of_text_that_looks_like_a_comment_is_left_alone():
    target = (
        "config:\n  ballast:q:\n    a: |\n      # text\n      # more\n    b: 'one\n    # two'\n    c: 3\n    d: 4\n"
    )
    assert edited("config:\n  ballast:q:\n    d: 4\n", target, {"q.c": REMOVED}) == target.replace("    c: 3\n", "")


def test_a_block_of_text_with_lines_after_it_keeps_them():
    target = "config:\n  ballast:q:\n    a: |+\n      text\n\n\n    c: 3\n"
    source = "config:\n  ballast:q:\n    a: x\n    b: 2\n    c: 3\n"
    assert edited(source, target, {"q.b": 2}) == target.replace("    c: 3\n", "    b: 2\n    c: 3\n")
