"""The pictures of docs/tour.md are those of the dashboards as they are, and small."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.harness.cluster import need_programs
from tests.harness.pages import links
from tests.harness.tour.drawing import asked
from tests.harness.tour.pictures import FOLDER, PICTURES, REFRESH, panels, pictures

MOST_BYTES = 150_000
GROUP = "{http://www.w3.org/2000/svg}g"
PAGE = FOLDER.with_suffix(".md")


def text(name):
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_every_panel_as_it_is_asked_and_none_is_empty(name):
    groups = list(ET.fromstring(text(name)).iter(GROUP))  # noqa: S314 - drawn by this repository
    assert [group.get("data-asked") for group in groups] == [asked(panel) for panel in panels(name)], f"run {REFRESH}"
    assert len(groups) > 5
    assert ">unknown<" not in text(name)


def test_the_mark_of_a_panel_changes_with_what_it_asks():
    panel = panels("models")[1]
    other = {**panel, "targets": [{**panel["targets"][0], "expr": "up"}]}
    assert asked(panel) != asked(other)


def test_all_are_on_the_page_and_small_together():
    assert {link for link in links(PAGE) if link.endswith(".svg")} == {f"tour/{name}.svg" for name in PICTURES}
    assert {path.stem for path in FOLDER.iterdir()} == set(PICTURES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


@pytest.mark.programs
def test_they_are_drawn_from_what_a_real_prometheus_answers(tmp_path):
    need_programs("promtool", "prometheus")
    for name, drawn in pictures(tmp_path).items():
        # Figures may differ in their last digit; panels, lines and bars may not.
        assert re.sub(r"[-\d.,]+", "", drawn) == re.sub(r"[-\d.,]+", "", text(name)), f"run {REFRESH}"
