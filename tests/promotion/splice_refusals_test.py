"""Where an edit can't be made for certain it is not made, and one sentence says where and what to do."""

from __future__ import annotations

import pytest

from components.settings.report import SettingsError
from ops.errors import RefusedError
from ops.promotion.splice import REMOVED
from tests.harness.splices import edited, stack

PLAIN = "ballast:q:\n  v: 2\n  w: {a: 1, b: 2}\n  l: [a]\n"
TARGET, SOURCE = "Pulumi.staging.yaml", "Pulumi.dev.yaml"

REFUSED: dict[str, tuple[str, dict[str, object], str, str]] = {
    "an anchor at the value": ("ballast:q:\n  v: &x 1\n", {"q.v": 2}, f"{TARGET}, line 3: ballast:q.v", "an anchor"),
    "an anchor at the key": ("ballast:q:\n  &x v: 1\n", {"q.v": 2}, f"{TARGET}, line 3: ballast:q.v", "an anchor"),
    "an anchor in the list": ("ballast:q:\n  l:\n  - b\n  - &x c\n", {"q.l": ["a"]}, "line 5: ballast:q.l", "anchor"),
    "a tag": ("ballast:q:\n  v: !!str 1\n", {"q.v": 2}, f"{TARGET}, line 3: ballast:q.v", "a tag"),
    "a block of text": ("ballast:q:\n  v: |\n    1\n", {"q.v": 2}, f"{TARGET}, line 3: ballast:q.v", "block of text"),
    "a folded block of text": ("ballast:q:\n  v: >-\n      1\n", {"q.v": 2}, "line 3: ballast:q.v", "block of text"),
    "a merge key": ("ballast:q:\n  <<: {z: 1}\n  v: 1\n", {"q.v": 2}, "line 4: ballast:q.v", "a merge key"),
    "a merge key beside what comes": ("ballast:q:\n  <<: {z: 1}\n", {"q.v": 2}, "line 3: ballast:q.<<", "merge key"),
    "braces over several lines": (
        "ballast:q:\n  w: {a: 2, b: 'x\n    y'}\n",
        {"q.w.b": 2},
        "q.w.b",
        "over several lines",
    ),
    "more between braces": ("ballast:q:\n  w: {a: 1}\n", {"q.w.b": 2}, "line 3: ballast:q.w.a", "added between braces"),
    "less between braces": ("ballast:q:\n  w: {a: 1, c: 3}\n", {"q.w.c": REMOVED}, "line 3: ballast:q.w.c", "cut out"),
    "a value where the source has keys": ("ballast:q:\n  w: 1\n", {"q.w.a": 1}, "line 3: ballast:q.w", "a value where"),
    "one key of an entry": ("ballast:q:\n  v: 2\n", {"q.w.a": 1}, f"{SOURCE}, line 4: ballast:q.w isn't in", "q.w.b"),
    "a long key": ("ballast:q:\n  ? v\n  : 1\n", {"q.v": 2}, "line 3: ballast:q.v", "no colon"),
    "a long key that goes": ("ballast:q:\n  v: 2\n  ? o\n  : 1\n", {"q.o": REMOVED}, "line 4: ballast:q.o", "its line"),
    "a cipher": ("ballast:q:\n  v:\n    secure: v1:x\n", {"q.v": 2}, f"{TARGET}, line 3: ballast:q.v", "encrypted"),
    "inside a cipher": ("ballast:q:\n  v:\n    secure: v1:x\n", {"q.v.secure": 2}, "ballast:q.v.secure", "is a secret"),
    "a secret": ("ballast:q:\n  v: 1\n", {"qdrantApiKey": "x"}, "ballast:qdrantApiKey is a secret", "config set"),
    "a key twice": ("ballast:q:\n  v: 1\n  v: 3\n", {"q.v": 2}, f"{TARGET}, line 4: ballast:q.v", "written twice"),
    "another value than was compared": ("ballast:q:\n  w: {a: 1}\n", {"q.v": 3}, f"{SOURCE}, line 3", "was compared"),
    "a lone carriage return": ("ballast:q:\n  v: 1 # a\rb\n", {"q.v": 2}, f"{TARGET}, line 3", "line break"),
    "a line break of Unicode": ("ballast:q:\n  v: 1 # a\u2028b\n", {"q.v": 2}, f"{TARGET}, line 3", "line break"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_unsafe_spot_is_refused_by_file_line_and_key(case):
    target, values, place, reason = REFUSED[case]
    with pytest.raises(RefusedError) as refused:
        edited(stack(PLAIN), stack(target), values)
    sentence = str(refused.value)
    assert place in sentence
    assert reason in sentence
    assert "Nothing was written." in sentence
    assert "\n" not in sentence.replace("\u2028", "")


UNSAFE_SOURCES: dict[str, tuple[str, dict[str, object], str]] = {
    "an anchor": ("ballast:q:\n  n: &x 1\n", {"q.n": 1}, "anchor"),
    "a tag": ("ballast:q:\n  v: !!str 2\n", {"q.v": "2"}, "tag"),
    "a block of text": ("ballast:q:\n  n:\n    o: |\n      1\n", {"q.n.o": "1\n"}, "block of text"),
    "a cipher": ("ballast:q:\n  n:\n    secure: v1:x\n", {"q.n": {"secure": "v1:x"}}, "encrypted"),
    "braces": ("ballast:q:\n  s: {v: 1, n: 2}\n", {"q.s.n": 2}, "between braces"),
    "a long key": ("ballast:q:\n  ? n\n  : 1\n", {"q.n": 1}, "its line"),
    "lines too far to the left": ("ballast:q:\n        n: 'a\n\n b'\n", {"q.n": "a\nb"}, "indented"),
}


@pytest.mark.parametrize("case", UNSAFE_SOURCES)
def test_what_is_unsafe_to_take_is_refused_by_the_source_s_name(case):
    source, values, reason = UNSAFE_SOURCES[case]
    with pytest.raises(RefusedError, match=rf"Pulumi\.dev\.yaml, line \d+: .*{reason}"):
        edited(stack(source), stack("ballast:q:\n  v: 1\n  s:\n    v: 1\n"), values)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("config:\n  a: &x 1\n  b: *x\n", "anchors and aliases"),
        ("config:\n  a: 1\n---\nconfig: {}\n", "single document"),
        ("config:\n  a: 1\n\t# tab\n", r"character '\\t'"),
        ("config:\n  a: [\n", "is not valid YAML"),
        ("", "holds no settings"),
    ],
)
def test_a_file_that_can_t_be_a_stack_file_is_refused(target, reason):
    with pytest.raises(SettingsError, match=reason):
        edited(stack(PLAIN), target, {"q.v": 2})


def test_anchors_and_tags_elsewhere_in_the_file_do_no_harm():
    target = stack(
        "ballast:o: &x {a: !!str 1, t: |\n    text}\n".replace(", t: |\n    text", "") + "ballast:q:\n  v: 1\n"
    )
    assert edited(stack(PLAIN), target, {"q.v": 2}) == target.replace("v: 1", "v: 2")
