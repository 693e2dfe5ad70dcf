"""Pages for people: short at the front, every link and every folder they name exists, every decision is listed."""

from __future__ import annotations

import re

import pytest

from tests.harness.pages import PAGES, links, named_paths
from toolchain.paths import CHECKOUT

DECISIONS = CHECKOUT / "docs" / "decisions"


def rows():
    """File and title of each line of the index of decisions."""
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    return re.findall(r"(?m)^\| \[\d{4}\]\(([^)]+)\) \| (.+?) \| .+ \|$", index)


def test_the_readme_is_one_screen():
    assert len((CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()) <= 70


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_links_are_found():
    assert "docs/simulated.md" in links(CHECKOUT / "README.md")


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [CHECKOUT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [page.parent / link for link in links(page)]
    assert {page for page in PAGES if page.name != "CHANGELOG.md"} - reached == set()


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/clusters.md", "docs/simulated.md"])
def test_every_file_and_folder_that_is_named_exists(name):
    paths = named_paths((CHECKOUT / name).read_text(encoding="utf-8"))
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []
    assert paths or name == "docs/simulated.md"


def test_every_decision_is_listed_and_every_listed_one_exists():
    files = [path.name for path in sorted(DECISIONS.glob("*.md")) if path.name != "README.md"]
    assert [name for name, _ in rows()] == files
    assert len(files) >= 30


def test_a_decision_is_listed_by_its_title_and_its_number_is_its_own():
    titles = {name: (DECISIONS / name).read_text(encoding="utf-8").splitlines()[0] for name, _ in rows()}
    assert {name: f"# {title}" for name, title in rows()} == titles
    assert len({name[:4] for name in titles}) == len(titles)


def test_the_summary_of_make_up_names_the_page_about_what_is_simulated():
    assert "see docs/simulated.md" in (CHECKOUT / "toolchain" / "summary.py").read_text(encoding="utf-8")
