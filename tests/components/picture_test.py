"""The picture of connections in docs/architecture.md is the program's."""

from __future__ import annotations

from tests.harness.picture import PAGE, REFRESH, paths, redrawn


def test_the_picture_of_connections_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    assert redrawn(text) == text, f"refresh it: {REFRESH}"


def test_every_connection_is_in_the_picture():
    assert ("opensearch-console", "opensearch-members", "https (9200)") in paths()
    assert ("opensearch-members", "object-store", "https (443)") in paths()
    assert len(paths()) == 69
