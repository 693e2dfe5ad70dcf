"""The gate that builds: what holds data keeps its name, parent, guards and shape, and the program accepts the file."""

from __future__ import annotations

import pytest

from ops.promotion import buildable
from ops.promotion.buildable import lost

URN = "urn:pulumi:staging::ballast::kubernetes:apps/v1:StatefulSet::opensearch"


def declared(**changes):
    """One entry of `python -m ops.manifest`."""
    entry = {
        "urn": URN,
        "type": "kubernetes:apps/v1:StatefulSet",
        "kind": "StatefulSet",
        "namespace": "opensearch",
        "object": "opensearch-all-a",
        "parent": "urn:parent",
        "protect": True,
        "retainOnDelete": False,
        "dataBearing": True,
        "replaceKeys": {"spec.serviceName": "opensearch"},
        "aliases": [],
    }
    return entry | changes


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ([], "would be gone"),
        ([declared(urn="urn:other", object="other")], "would be gone"),
        ([declared(object="opensearch-all-b")], "another name: opensearch-all-b"),
        ([declared(namespace="other")], "another namespace"),
        ([declared(parent="urn:elsewhere")], "another parent"),
        ([declared(protect=False)], "lose Pulumi's protection"),
        ([declared(replaceKeys={"spec.serviceName": "b"})], "replaced, because spec.serviceName changes"),
        ([declared(replaceKeys={})], "replaced, because spec.serviceName changes"),
    ],
)
def test_an_object_with_data_stays_what_it_is(after, told):
    (sentence,) = lost([declared()], after)
    assert sentence.startswith("StatefulSet opensearch/opensearch-all-a holds data and ")
    assert told in sentence


def test_other_objects_come_and_go():
    assert list(lost([declared()], [declared(), declared(urn="urn:new")])) == []
    assert list(lost([declared(dataBearing=False)], [])) == []


@pytest.mark.parametrize("kind", ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes:core/v1:Service"])
@pytest.mark.parametrize("namespace", ["opensearch", ""])
def test_an_object_of_any_kind_stays_one_resource(kind, namespace):
    shape = {"type": kind, "kind": kind.rpartition(":")[2], "namespace": namespace, "dataBearing": False}
    (sentence,) = lost([declared(**shape)], [declared(**shape, urn="urn:new")])
    assert "would be deleted as urn:pulumi:staging" in sentence
    assert "although urn:new declares it: give that an alias" in sentence
    for other in ({"object": "b"}, {"namespace": "b"}, {"type": "kubernetes:other/v1:Service"}):
        assert list(lost([declared(**shape)], [declared(**shape | other, urn="urn:new")])) == []
    assert list(lost([declared(**shape)], [declared(**shape, urn="urn:new", aliases=[URN])])) == []
    part = shape | {"object": "", "namespace": ""}
    assert list(lost([declared(**part)], [declared(**part, urn="urn:new")])) == []


PROGRAM = """
import json, sys
entry = {entry}
if "1.12.2" in open(sys.argv[1]).read():
    {newer}
print(json.dumps([entry]))
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a program in the place of `python -m ops.manifest`: what it does with a file that holds 1.12.2."""

    def make(*, newer):
        package = tmp_path / "checkout" / "ops"
        package.mkdir(parents=True)
        text = PROGRAM.format(entry=declared(), newer=newer)
        (package / "manifest.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(buildable, "CHECKOUT", package.parent)

    return make


def test_a_file_whose_objects_with_data_stay_is_written(newer, ballast, program):
    program(newer="pass")
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 0
    assert "passed     buildable     1 resources, 1 with data as they were" in said.out
    assert "version: 1.12.2" in newer.text("staging")


@pytest.mark.parametrize(
    ("reaction", "told"),
    [
        ("entry['object'] = 'opensearch-all-b'", "would get another name: opensearch-all-b"),
        ("sys.exit('error: no such image')", "the program refuses the edited Pulumi.staging.yaml: no such image"),
        ("sys.exit(print('[{'))", "what the program declares can't be read"),
        ("import time; time.sleep(60)", "the program took longer than 3 s"),
    ],
)
def test_a_file_whose_objects_with_data_do_not_stay_is_not_written(
    newer, ballast, program, monkeypatch, reaction, told
):
    monkeypatch.setattr(buildable, "BUILD_SECONDS", 3)
    program(newer=reaction)
    before = newer.text("staging")
    said = ballast("promote", "dev", "staging", "--write")
    assert said.code == 1
    assert told in said.out
    assert newer.text("staging") == before


@pytest.mark.plans
@pytest.mark.usefixtures("newer")
def test_the_real_program_builds_what_is_written(ballast):
    said = ballast("promote", "dev", "staging", "--build")
    assert said.code == 0, said.out
    assert "with data as they were" in said.out
