from __future__ import annotations

import pytest

from components.foundation.jobkit.comparison import covers, equals


@pytest.mark.parametrize(
    ("actual", "desired"),
    [
        ({"a": "true"}, {"a": True}),
        ({"a": "500"}, {"a": 500}),
        ({"index": {"number_of_shards": "1"}}, {"index.number_of_shards": 1}),
        ({"age": "2d"}, {"age": "48h"}),
        ({"age": "1.5d"}, {"age": "36h"}),
        ({"a": {"b": 1, "default": 2}, "more": []}, {"a": {"b": 1}}),
        ({"states": [{"name": "x", "retry": {"count": 3}}]}, {"states": [{"name": "x"}]}),
    ],
)
def test_what_the_server_adds_or_writes_its_own_way_is_no_difference(actual: object, desired: object) -> None:
    assert covers(actual, desired)


@pytest.mark.parametrize(
    ("actual", "desired"),
    [
        ({"a": "false"}, {"a": True}),
        ({}, {"a": None}),
        ({"age": "2d"}, {"age": "2h"}),
        ({"list": [1, 2]}, {"list": [1]}),
        ({"list": [2, 1]}, {"list": [1, 2]}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
        ({"a": "x"}, {"a": {"b": 1}}),
        (None, {"a": 1}),
    ],
)
def test_what_is_missing_or_other_is_a_difference(actual: object, desired: object) -> None:
    assert not covers(actual, desired)


def test_a_right_added_by_hand_is_a_difference() -> None:
    assert not equals({"cluster_permissions": ["a", "*"]}, {"cluster_permissions": ["a"]})
    assert not equals({"users": ["a"], "hosts": ["*"]}, {"users": ["a"]})
    assert not equals({"index_permissions": [{"p": ["x"], "dls": "{}"}]}, {"index_permissions": [{"p": ["x"]}]})


def test_empty_values_ignored_keys_and_the_order_of_names_are_none() -> None:
    actual = {"users": ["b", "a"], "hosts": [], "static": True, "and_backend_roles": None}
    assert equals(actual, {"users": ["a", "b"], "backend_roles": []}, ignored={"static"})
