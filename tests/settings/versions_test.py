"""Versions as numbers, and markers that say of steps between them what the rules for deployed stores say."""

from __future__ import annotations

import itertools

import pytest

from components.settings.fields import fields
from components.settings.markers import Promoted
from components.settings.stack import StackSettings
from components.settings.texts import Version, numbers
from components.settings.transitions import forbidden_transitions
from components.settings.versions import is_older, largest_step, release
from components.stores.opensearch.transitions import LAST_BEFORE_3

VERSIONS = {
    ".".join(field.path): field.markers[0]
    for field in fields(StackSettings)
    if field.path[-1] == "version" and isinstance(field.markers[0], Promoted)
}
GRID = [
    "1.18.0",
    "1.18.9",
    "1.19.0",
    "1.20.3",
    "1.21.0",
    "2.18.9",
    "2.19.0",
    "3.0.0",
    "3.1.0",
    "3.9.9",
    "4.0.0",
    "5.0.0",
]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("3.8.0", (3, 8, 0)),
        ("v1.11.0", (1, 11, 0)),
        ("3.13-slim", (3, 13, 0)),
        ("7", (7, 0, 0)),
        ("1.2.3-rc.1", (1, 2, 3)),
        ("1.2.3+build", (1, 2, 3)),
        ("latest", None),
        ("1.2.3.4", None),
        ("1.2.", None),
        ("", None),
        (38, None),
        (None, None),
    ],
)
def test_tags_are_read_as_three_numbers_or_not_at_all(tag, expected):
    assert release(tag) == expected


@pytest.mark.parametrize(
    ("tag", "other", "expected"),
    [("1.9.0", "1.10.0", True), ("1.10.0", "1.9.0", False), ("1.9", "1.9.0", False), ("latest", "1.0.0", False)],
)
def test_versions_compare_as_numbers(tag, other, expected):
    assert is_older(tag, other) is expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ((1, 2, 3), (2, 0, 0), ("major", 1)),
        ((1, 2, 3), (1, 5, 0), ("minor", 3)),
        ((1, 2, 3), (1, 2, 2), ("patch", -1)),
        ((1, 2, 3), (1, 2, 3), ("patch", 0)),
    ],
)
def test_a_step_is_named_by_the_first_part_that_changes(was, now, expected):
    assert largest_step(was, now) == expected


@pytest.mark.parametrize(
    ("most", "allowed", "too_far"),
    [
        ("major", ["1.9.7", "1.5.0", "2.0.0"], ["3.0.0"]),
        ("minor", ["1.4.9", "1.5.0"], ["1.6.0", "2.0.0"]),
        ("patch", ["1.4.3"], ["1.4.4", "1.5.0", "2.0.0"]),
        (None, ["9.9.9"], []),
    ],
)
def test_a_marker_limits_how_far_one_promotion_goes(most, allowed, too_far):
    marker = Promoted(order="semver", max_step=most)
    assert [now for now in [*allowed, *too_far] if marker.is_too_far("1.4.2", now)] == too_far


def test_only_the_tag_of_the_jobs_image_has_no_order_of_its_own():
    """It is named after the Python that the image is made from, with a variant behind it."""
    assert [key for key, marker in VERSIONS.items() if marker.order is None] == ["jobs.version"]


def test_every_field_of_three_numbers_is_ordered():
    pattern = Version.__metadata__[0]  # pyrefly: ignore - what Annotated keeps
    three = [field for field in fields(StackSettings) if pattern in field.info.metadata]
    assert len(three) > 10
    assert {field.markers[0].order for field in three} == {"semver"}  # pyrefly: ignore - versions are promoted


def refused(key, was, now):
    return any(mistake.key == f"ballast:{key}" for mistake in forbidden_transitions({key: was}, {key: now}))


@pytest.mark.parametrize("key", VERSIONS)
def test_a_version_is_irreversible_where_a_deployed_store_may_not_go_back(key):
    assert VERSIONS[key].irreversible is refused(key, "3.8.1", "3.8.0")


@pytest.mark.parametrize("key", VERSIONS)
def test_a_step_is_too_far_where_a_deployed_store_can_not_follow_it(key):
    steps = [(was, now) for was, now in itertools.combinations(GRID, 2)]
    by_marker = {step for step in steps if VERSIONS[key].is_too_far(*step)}
    by_rules = {step for step in steps if refused(key, *step)}
    if key == "opensearch.version":
        # That 3 takes over only from 2.19 on is more than a marker can say.
        by_rules -= {
            (was, now) for was, now in steps if numbers(was) < LAST_BEFORE_3 and now.startswith("3.")
        } - by_marker
    assert by_marker == by_rules
