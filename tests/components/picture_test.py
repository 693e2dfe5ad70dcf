"""The committed picture is the program's."""

from __future__ import annotations

from tests.harness.picture import FILE, REFRESH, paths, picture


def test_the_picture_of_connections_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == picture(), f"refresh it: {REFRESH}"


def test_every_connection_is_in_the_picture():
    assert ("search-console", "search-members", "https (9200)") in paths()
    assert ("search-members", "object-store", "https (443)") in paths()
