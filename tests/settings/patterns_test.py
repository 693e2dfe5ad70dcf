"""Masks of a stack file: what is refused, with one sentence, before it costs somebody the figures of a month."""

from __future__ import annotations

import time

import pytest
from pydantic import TypeAdapter, ValidationError

from components.settings.patterns import TOKEN_COUNTS, KeyPattern, ValuePattern, taken

KEY, VALUE = TypeAdapter(KeyPattern), TypeAdapter(ValuePattern)


def refusal(kind, pattern):
    with pytest.raises(ValidationError) as raised:
        kind.validate_python(pattern)
    (error,) = raised.value.errors()
    return error["msg"]


@pytest.mark.parametrize("pattern", [".*token.*", "tokens$", "(?i)TOKEN", "usage", "^llm[.]", "count", ".*"])
def test_a_key_that_would_take_counts_of_tokens_with_it_is_refused(pattern):
    assert "would mask token counts such as " in refusal(KEY, pattern)


@pytest.mark.parametrize(
    "pattern", ["[0-9]+", r"\d{3,}", "tokens=[0-9]+", '"?: ?[0-9]+', r"\w+", "x*", "[a-z_.]+_tokens"]
)
def test_a_value_that_would_take_counts_of_tokens_with_it_is_refused(pattern):
    assert "would mask token counts such as " in refusal(VALUE, pattern)


@pytest.mark.parametrize("name", TOKEN_COUNTS)
def test_every_name_of_a_count_is_protected(name):
    assert name in refusal(KEY, f"^{name}$")


@pytest.mark.parametrize(
    "pattern",
    [
        "KD-(?=[0-9])",
        "(?<!x)KD",
        r"(KD)-\1",
        "(?P<a>KD)(?P=a)",
        "(?>KD)-[0-9]",
        "KD-[0-9]++",
        r"KD\Z",
        "(?x) KD",
        "(?#what)KD",
        "(KD)?(?(1)-|_)x",
        r"\u1234",
        r"KD-[[:digits:]]",
        "((KD{100}){100}){100}",
        "KD**",
        r"\h+KD",
    ],
)
def test_what_gos_regular_expressions_lack_is_refused_before_a_collector_fails_to_start(pattern):
    assert "no regular expression of Go" in refusal(VALUE, pattern)


def test_a_repetition_that_go_refuses_is_refused():
    assert "invalid repetition size" in refusal(VALUE, "KD-[0-9]{1001}")
    assert "invalid repetition size" in refusal(VALUE, "KD-[0-9]{8,2000}")


def test_what_is_no_regular_expression_is_refused():
    assert "is no regular expression" in refusal(VALUE, "KD-[0-9")


@pytest.mark.parametrize("pattern", ["KD-[0-9]{,5}", "KD-[:digit:]{8}", r"KD-\C", "KD-[:^digit:]x", "(KD){,5}-"])
def test_what_go_takes_for_something_else_is_refused(pattern):
    assert "take for something else" in refusal(VALUE, pattern)


@pytest.mark.parametrize("pattern", ["null", "None", "true", "CHANGEME", "TODO", "your-pattern-here"])
def test_a_pattern_that_was_never_written_is_refused(pattern):
    assert "stands for" in refusal(VALUE, pattern) or "word for a value" in refusal(KEY, pattern)


@pytest.mark.parametrize("pattern", ["", " ", " KD", "KD "])
def test_blanks_around_a_pattern_are_refused(pattern):
    assert "empty or has blanks" in refusal(VALUE, pattern)
    assert "empty or has blanks" in refusal(KEY, pattern)


@pytest.mark.parametrize(
    "pattern",
    ["ERROR|WARN|INFO", "(?i)error", "[A-Z]{4,}", '"level":"[a-z]+"|fatal', "Traceback.*", "failed|KD"],
)
def test_a_value_that_would_take_the_level_or_what_went_wrong_is_refused(pattern):
    assert "in which nothing has to be hidden" in refusal(VALUE, pattern)


@pytest.mark.parametrize("pattern", ["level", "^severity$", "(?i)error", "^http", "route$|KD"])
def test_a_key_by_which_failures_are_found_is_not_masked(pattern):
    assert "by which people find what went wrong" in refusal(KEY, pattern)


@pytest.mark.parametrize("pattern", [r"\b", "^", "$", "(?:)", "(KD)*", "KD|", "|KD", "(?i)", r"\B"])
def test_a_value_that_matches_no_character_is_refused(pattern):
    assert "no character" in refusal(VALUE, pattern) or "token counts" in refusal(VALUE, pattern)


@pytest.mark.parametrize("pattern", ["^.{60,}$", "(?:[^ ]+ ){3,}", "-", "[0-9]{4}-[0-9]{2}-[0-9]{2}T", "T.*Z", "^{"])
def test_a_value_that_takes_anything_of_an_ordinary_line_is_refused_with_what_it_takes(pattern):
    said = refusal(VALUE, pattern)
    assert "matches `" in said
    assert "in which nothing has to be hidden" in said


@pytest.mark.parametrize("pattern", ["(a+)+KD$", "(a|aa)+KD$", "([a-z]+)*KD-[0-9]{8}!", "(KD|K.D)*x{8}(y+)+$"])
def test_a_pattern_that_takes_python_for_ever_is_judged_at_once(pattern):
    began = time.monotonic()
    assert VALUE.validate_python(pattern) == pattern
    assert time.monotonic() - began < 2


def test_what_a_mask_takes_away_is_shown():
    assert taken("KD-[0-9]{8}", "order of KD-12345678 sent") == "order of **** sent"


GOOD = (
    "KD-[0-9]{8}",
    "KD-[[:digit:]]{8}",
    "KD-[a-f[:digit:]{,5}]{8}",
    r"KD-\{,5}",
    r"KD\++[*+]+[0-9]",
    "(?i)customer-[a-z]+",
    r"\bDE[0-9]{9}\b",
    "(?:KD|KN)-[0-9]{1,1000}$",
)


@pytest.mark.parametrize("pattern", GOOD)
def test_a_pattern_that_names_what_stands_around_it_is_taken(pattern):
    assert VALUE.validate_python(pattern) == pattern


def test_a_key_with_anchors_is_taken():
    assert KEY.validate_python("^(.*[._-])?api[._-]?token$") == "^(.*[._-])?api[._-]?token$"
