"""The proof sees every way in which an edit could go wrong, whoever made it."""

from __future__ import annotations

import pytest

from ops.errors import RefusedError
from ops.promotion.splice import REMOVED, Change, proof
from tests.harness.splices import edited

BEFORE = """\
# header
secretsprovider: awskms://alias/x   # key
encryptionsalt: v1:salt
config:
  ballast:p:
    version: 1.0.0   # promoted

    # about cpu
    cpu: 1
    list: [a]
  ballast:secret:
    secure: v1:cipher
  ballast:text: |
    one

    two
"""
CHANGES = [Change(("p", "version"), "1.1.0")]
AFTER = BEFORE.replace("1.0.0", "1.1.0")

WRONG = {
    "nothing changed": BEFORE,
    "another value": BEFORE.replace("1.0.0", "1.2.0"),
    "text in place of a number": AFTER.replace("cpu: 1", 'cpu: "1"'),
    "true in place of 1": AFTER.replace("cpu: 1", "cpu: true"),
    "another key changed": AFTER.replace("[a]", "[b]"),
    "a key gone": AFTER.replace("    cpu: 1\n", ""),
    "a key more": AFTER.replace("    cpu: 1\n", "    cpu: 1\n    more: 1\n"),
    "a comment changed": AFTER.replace("about cpu", "about"),
    "a comment gone": AFTER.replace("    # about cpu\n", ""),
    "a comment beside the value changed": AFTER.replace("# promoted", "# bound"),
    "spaces before a comment changed": AFTER.replace("   # key", " # key"),
    "an empty line gone": AFTER.replace("\n\n    # about", "\n    # about"),
    "another spelling": AFTER.replace("[a]", '["a"]'),
    "another indentation": AFTER.replace("    cpu", "    cpu ", 1),
    "other line breaks": AFTER.replace("\n", "\r\n"),
    "no line break at the end": AFTER.removesuffix("\n"),
    "a mark of the byte order": f"\ufeff{AFTER}",
    "the salt changed": AFTER.replace("v1:salt", "v1:pepper"),
    "the provider changed": AFTER.replace("alias/x", "alias/y"),
    "a cipher changed": AFTER.replace("v1:cipher", "v1:other"),
    "a cipher quoted": AFTER.replace("v1:cipher", '"v1:cipher"'),
    "a text changed": AFTER.replace("    one\n\n", "    one\n"),
    "no YAML": AFTER.replace("[a]", "[a"),
}


def test_the_intended_edit_is_accepted():
    proof(BEFORE, AFTER, CHANGES, name="Pulumi.prod.yaml")


@pytest.mark.parametrize("case", WRONG)
def test_any_other_edit_is_refused_as_a_defect(case):
    assert case == "nothing changed" or WRONG[case] != AFTER
    with pytest.raises(RefusedError, match=r"^Pulumi\.prod\.yaml: .*defect of ballast.*Nothing was written"):
        proof(BEFORE, WRONG[case], CHANGES, name="Pulumi.prod.yaml")


def test_a_cipher_is_never_to_change_whatever_was_asked_for():
    changes = [Change(("secret", "secure"), "v1:other")]
    with pytest.raises(RefusedError, match="an encrypted value, would change"):
        proof(BEFORE, BEFORE.replace("v1:cipher", "v1:other"), changes, name="Pulumi.prod.yaml")


def test_no_edit_leaves_the_splice_unproven(monkeypatch):
    monkeypatch.setattr("ops.promotion.splice.replace", lambda edits, *_: edits.insert(0, "# stray\n"))
    with pytest.raises(RefusedError, match="doesn't say what it should"):
        edited(AFTER, BEFORE, {"p.version": "1.1.0"})


def test_an_edit_that_would_be_made_again_is_seen(monkeypatch):
    monkeypatch.setattr("ops.promotion.splice.proof", lambda *_, **__: None)
    monkeypatch.setattr("ops.promotion.splice.replace", lambda edits, *_: edits.insert(0, "# again\n"))
    with pytest.raises(RefusedError, match="would change the edited text again"):
        edited(AFTER, BEFORE, {"p.version": "1.1.0"})


def test_a_key_that_was_to_go_but_stays_is_seen():
    with pytest.raises(RefusedError, match="doesn't say what it should"):
        proof(BEFORE, BEFORE, [Change(("p", "cpu"), REMOVED)], name="Pulumi.prod.yaml")


def test_a_line_that_goes_with_another_one_is_seen():
    changes = [Change(("p", "cpu"), REMOVED)]
    right = BEFORE.replace("    # about cpu\n    cpu: 1\n", "")
    proof(BEFORE, right, changes, name="Pulumi.prod.yaml")
    with pytest.raises(RefusedError, match="belongs to no changed key"):
        proof(BEFORE, right.replace("# header\n", ""), changes, name="Pulumi.prod.yaml")
