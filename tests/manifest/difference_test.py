"""What changed between two golden manifests, and the comment that tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops.golden.difference import Difference
from ops.golden.markdown import LIMIT, MARKER, comment
from tests.harness.declare import PROJECT

HEAD = "# What the program declares for dev.\n\n"
STORE = """\
StatefulSet opensearch/store  <- Nodes store
  spec.replicas: 1
  pod.containers[a].image: store:1
  else: 111111111111
"""
TASK = """\
Job opensearch/task  <- Task task
  pod.containers[a].image: store:1
  else: 222222222222
"""
PARTS = "Nodes store  <- Platform platform\nTask task  <- Platform platform\n"
GOLDEN = "\n".join([HEAD.rstrip() + "\n", STORE, TASK, PARTS])


def between(old, new):
    assert old in GOLDEN
    return Difference.between(GOLDEN, GOLDEN.replace(old, new))


def said(difference, **more):
    return comment("origin/main", {"dev": difference, **more}, [])


def test_nothing_changed_is_no_difference():
    assert not Difference.between(GOLDEN, GOLDEN)
    assert "Nothing changes against `origin/main` in dev" in said(Difference())


def test_a_changed_line_is_told_under_its_object():
    found = between("spec.replicas: 1", "spec.replicas: 2")
    assert found.changed == {("-  spec.replicas: 1", "+  spec.replicas: 2"): ["StatefulSet opensearch/store"]}
    assert found.counts == "1 changed"


def test_the_same_change_in_several_objects_is_told_once():
    found = between("store:1", "store:2")
    lines = ("-  pod.containers[a].image: store:1", "+  pod.containers[a].image: store:2")
    assert found.changed == {lines: ["Job opensearch/task", "StatefulSet opensearch/store"]}
    assert found.counts == "2 changed"
    assert said(found).count("store:2") == 1


def test_what_changed_inside_of_a_file_is_told_once_for_all_objects_that_hold_it():
    lines = ["@@ -1 +1 @@", "-retention_period: 168h", "+retention_period: 72h"]
    found = between("else: 111111111111", "else: 333333333333")
    told = said(replace(found, contents={"ConfigMap a/one: data.x": lines, "ConfigMap a/two: data.x": lines}))
    assert (
        "@@ inside of ConfigMap a/one: data.x, ConfigMap a/two: data.x @@\n@@ -1 +1 @@\n-retention_period: 168h" in told
    )
    assert told.count("+retention_period: 72h") == 1


def test_what_goes_and_what_comes_is_told_by_its_name():
    found = between(TASK, TASK.replace("opensearch/task", "opensearch/other"))
    assert found.removed == ["Job opensearch/task  <- Task task"]
    assert found.added == ["Job opensearch/other  <- Task task"]


def test_another_parent_is_a_change_and_no_other_object():
    found = between("opensearch/store  <- Nodes store", "opensearch/store  <- Nodes others")
    assert (found.removed, found.added) == ([], [])
    assert "+StatefulSet opensearch/store  <- Nodes others" in said(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("opensearch/store  <- Nodes store", "opensearch/store  <- Platform platform"),
        ("opensearch/store  <- Nodes store\n", "opensearch/store  <- Nodes store\n  resource: another\n"),
        ("Nodes store  <- Platform platform", "Nodes store  <- Group group\nGroup group  <- Platform platform"),
    ],
)
def test_an_object_that_is_another_resource_now_is_named_with_the_way_out(old, new):
    found = between(old, new)
    assert found.moved == ["StatefulSet opensearch/store"]
    assert "> **dev**: StatefulSet opensearch/store: another name or parent in Pulumi" in said(found)
    assert "give the resource an alias" in said(found)


def test_an_object_with_an_alias_moved_on_purpose():
    moved = "opensearch/store  <- Platform platform\n  alias: urn:old\n"
    assert between("opensearch/store  <- Nodes store\n", moved).moved == []


def test_an_object_of_another_name_or_one_whose_name_pulumi_completes_is_no_other_resource():
    assert between("opensearch/store", "opensearch/else").moved == []
    assert between("spec.replicas: 1", "spec.replicas: 2").moved == []
    made = GOLDEN.replace("opensearch/store", "opensearch/store-made")
    assert Difference.between(made, made.replace("<- Nodes store", "<- Platform platform")).moved == []


def test_a_component_that_goes_is_seen():
    assert between("Task task  <- Platform platform\n", "").removed == ["Task task  <- Platform platform"]


def test_what_is_not_listed_is_named():
    found = between("else: 111111111111", "else: 333333333333")
    assert found.unlisted == ["StatefulSet opensearch/store"]
    assert "! StatefulSet opensearch/store" in said(found)
    assert "333333333333" not in said(found)


def test_a_listed_change_hides_its_digest():
    found = between(STORE, STORE.replace("replicas: 1", "replicas: 2").replace("111111111111", "3333"))
    assert "3333" not in said(found)
    assert found.unlisted == []


def test_a_new_stack_and_a_stack_that_is_gone():
    assert Difference.between("", GOLDEN).counts == "4 added"
    assert Difference.between(GOLDEN, "").counts == "4 removed"


def test_the_comment_can_be_found_again_and_names_each_stack():
    told = said(between("store:1", "store:2"), prod=Difference())
    assert told.startswith(f"{MARKER}\n")
    assert "**dev**: 2 changed" in told
    assert "**prod**: nothing changes" in told


def test_what_is_lost_comes_first():
    found = between(STORE, STORE.replace("opensearch/store", "opensearch/else").replace("store:1", "store:1"))
    told = said(Difference.between(GOLDEN, GOLDEN.replace(STORE, "").replace("store:1", "store:2")))
    assert told.index("- StatefulSet opensearch/store") < told.index("+  pod.containers[a].image: store:2")
    assert said(found).index("- StatefulSet") < said(found).index("+ StatefulSet")


def test_a_golden_manifest_that_was_forgotten_is_said_to_be():
    told = comment("main", {"dev": Difference(), "prod": Difference()}, ["prod"])
    assert "Not up to date in this change: prod" in told
    assert "./ballast manifest --write" in told


@pytest.mark.parametrize("stacks", [1, 3])
def test_the_comment_never_grows_beyond_what_can_be_posted(stacks):
    golden = (PROJECT / "tests" / "stacks" / "golden" / "prod.txt").read_text(encoding="utf-8")
    other = "\n".join(f"{line} changed {index}" for index, line in enumerate(golden.splitlines()))
    differences = {f"stack{number}": Difference.between(golden, other) for number in range(stacks)}
    told = comment("main", differences, list(differences))
    assert LIMIT / 2 < len(told) <= LIMIT
    assert told.count("more changes have no room") == stacks
    assert told.count("```") == 2 * stacks
    for stack in differences:
        assert f"**{stack}**: " in told


def test_no_text_of_a_change_can_leave_its_fence():
    found = between("spec.replicas: 1", "```\n  <img src=x>")
    inside = said(found).split("```diff\n")[1]
    assert all(line.startswith(("-", "+", "@", "!", "#")) for line in inside.split("\n```\n")[0].splitlines())
