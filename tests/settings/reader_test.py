"""What YAML can hold and no stack file means: each gives one message at its line, and never a traceback."""

from __future__ import annotations

import os

import pytest

from components.settings.read import read_stack
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS

BROKEN = {
    "a list that is not closed": (b"config:\n  a: [1, 2\n  b: 3\n", "line 3"),
    "a tab": (b"config:\n\tballast:environment: dev\n", "line 2"),
    "an alias": (b"config: &a\n  b: *a\n", "aliases"),
    "a key that is a list": (b"config: {? [a] : b}\n", "plain text"),
    "a tag of Python": (b"config: !!python/object:os.system x\n", "tag !!python/object:os.system"),
    "two documents": (b"a: 1\n---\nb: 2\n", "another document"),
    "no UTF-8": (b"\xff\xfe\x00", "UTF-8"),
    "nothing": (b"", "holds no settings"),
    "a list": (b"- a\n", "holds no settings"),
    "a certificate": (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "holds no settings"),
    "a number in place of settings": (b"config: 3\n", "section of keys"),
    "a date in place of settings": (b"config: 2026-13-45\n", "a time for some readers of YAML"),
    "nested 250 times": (b"config:\n  a: " + b"[" * 250 + b"]" * 250, "line 2"),
    "nested 5,000 times": (b"[" * 5000, "16 levels"),
    "sections nested 300 times": (b"config: " + b"{a: " * 300 + b"1" + b"}" * 300, "16 levels"),
    "binary": (b"config:\n  ballast:environment: !!binary aGVsbG8=\n", "tag !!binary"),
    "a timestamp": (b"config:\n  ballast:environment: !!timestamp 2026-01-01\n", "tag !!timestamp"),
    "a set": (b"config:\n  ballast:environment: !!set {a, b}\n", "tag !!set"),
    "a truth that is none": (b"config:\n  ballast:environment: !!bool x\n", "tag !!bool"),
    "a section tagged as text": (b"config: !!str {a: b}\n", "tag !!str"),
    "NUL": (b"config:\n  a: 'x\0'\n", "U+0000"),
    "a bell": (b"config:\n  a: b\n  c: x\x07y\n", "U+0007"),
    "half a character": (b'config:\n  a: "\\ud800"\n', "half a character"),
    "beyond Unicode": (b'config:\n  a: "\\U00110000"\n', "no character"),
    "5,000 sections": (b"config:\n" + b"".join(b"  ballast:k%d: 1\n" % n for n in range(5000)), "5,001 lines"),
    "300 sections": (b"config:\n" + b"".join(b"  ballast:k%d: 1\n" % n for n in range(300)), "300 entries"),
    "3,000 entries of a list": (b"config:\n  a: [" + b"1," * 3000 + b"]\n", "a holds 3,000 entries"),
    "a key that is null": (b"config:\n  null: 1\n", "no text"),
    "a key that is a truth": (b"config:\n  true: 1\n", "no text"),
    "a megabyte": (b"#" * 2**20, "bytes"),
}


@pytest.fixture
def told(tmp_path):
    """What is said about a file of dev with these bytes."""

    def said(content):
        file = tmp_path / "Pulumi.dev.yaml"
        file.write_bytes(content)
        with pytest.raises(SettingsError) as caught:
            read_stack(file, SECRETS)
        return str(caught.value)

    return said


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_gives_one_message(told, case):
    content, words = BROKEN[case]
    report = told(content)
    assert report.startswith("Pulumi.dev.yaml: ")
    assert words in report
    assert all(len(line) < 200 for line in report.splitlines())


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("08", "octal"),
        ("010", "write 10"),
        ("-007", "write 7"),
        ("9" * 5000, "number beyond 9007199254740991"),
        ("9007199254740992", "number beyond"),
        ("", "left empty"),
        *(
            (text, "for some readers of YAML and a text for others")
            for text in ("0x1F", "0o17", "0b1", "1_000", ".inf", "-.Inf")
        ),
        *((text, "for some readers of YAML and a text for others") for text in (".nan", "1_0.5")),
        *((text, f'write "{text}"') for text in ("2027-01-31", "2027-1-3 10:00:00", "2027-01-31T00:00:00Z")),
        ("# a comment", "quotes around a text that begins with #"),
    ],
)
@pytest.mark.parametrize("key", ["replicas", "version"])
def test_what_readers_could_read_differently_is_refused_once_at_its_key(mistakes, written, words, key):
    was = {"replicas": "replicas: 2\n    recovery", "version": "version: 3.8.0\n    image"}[key]
    found = mistakes("prod", (was, f"{key}: {written}\n    {was.split()[-1]}"))
    assert list(found) == [f"ballast:opensearch.{key}"]
    assert words in f"{found[f'ballast:opensearch.{key}'].problem} {found[f'ballast:opensearch.{key}'].remedy}"


@pytest.mark.parametrize("key", ["context", "identity"])
def test_a_pasted_certificate_is_not_repeated(mistakes, key):
    pasted = "-----BEGIN CERTIFICATE-----" + "MIIB" * 40
    old = {"context": "acme-prod\n", "identity": "00000000-0000-4000-8000-000000000002"}
    found = mistakes("prod", (f"{key}: {old[key]}", f'{key}: "{pasted}\\n{pasted}"\n'))
    assert list(found) == [f"ballast:cluster.{key}"]
    assert "MIIB" not in found[f"ballast:cluster.{key}"].problem


@pytest.mark.parametrize(
    ("odd", "name"),
    [
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u00a0", "U+00A0 NO-BREAK SPACE"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2013", "U+2013 EN DASH"),
        ("\u0440", "U+0440 CYRILLIC SMALL LETTER ER"),
        ("\u03bf", "U+03BF GREEK SMALL LETTER OMICRON"),
        ("\uff41", "U+FF41 FULLWIDTH LATIN SMALL LETTER A"),
        ("\u0131", "U+0131 LATIN SMALL LETTER DOTLESS I"),
        ("\\x1b", "U+001B"),
        ("\\ufeff", "U+FEFF"),
    ],
)
def test_a_character_that_cannot_be_seen_or_looks_like_another_is_named(mistakes, odd, name):
    for old, new, key in (
        ("context: acme-prod", f'context: "acme-{odd}prod"', "ballast:cluster.context"),
        ("values: []", f'values: ["KD-{odd}x"]', "ballast:collector.masks.values[0]"),
    ):
        found = mistakes("prod", (old, new))
        assert list(found) == [key]
        assert name in found[key].problem


def test_a_key_with_an_invisible_character_is_named_and_shown_as_an_escape(mistakes):
    found = mistakes("prod", ("storageClass:", '"storage\\u200bClass":'))
    assert list(found) == ["ballast:cluster.storage\\u200bClass"]
    assert "U+200B" in found["ballast:cluster.storage\\u200bClass"].problem


def test_letters_that_people_write_are_no_look_alikes(mistakes):
    assert mistakes("prod", ("kubeconfig: ~/.kube/config", "kubeconfig: /home/jörg/ßæł")) == {}
    assert mistakes("prod", ("kubeconfig: ~/.kube/config", "kubeconfig: /дом/ключ")) == {}


def test_a_text_of_a_megabyte_is_refused_unread(mistakes):
    found = mistakes("prod", ("context: acme-prod", f"context: {'a' * 100_000}"))
    assert "100,000 characters" in found["ballast:cluster.context"].problem


def test_a_report_of_thousands_of_mistakes_stays_readable(told):
    report = told(b"config:\n  ballast:volumes:\n" + b"".join(b"    k%d: {}\n" % number for number in range(190)))
    assert len(report.splitlines()) < 500
    assert "more" in report.splitlines()[-1]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "Pulumi.dev.yaml")
    with pytest.raises(SettingsError, match="is no file"):
        read_stack(tmp_path / "Pulumi.dev.yaml")
