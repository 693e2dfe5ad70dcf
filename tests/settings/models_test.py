"""The models: a marker on every field, quantities with units, files made from them, and no provider SDK."""

import subprocess
import sys

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from components.settings.base import Settings
from components.settings.fields import fields
from components.settings.markers import Section
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.read import read_stack
from components.settings.schema import stack_schema
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings
from components.stores.opensearch.settings import NodePoolSettings
from ops.settings.generated import generated

from .conftest import PROJECT

STACKS = ("dev", "staging", "prod")


def test_every_field_carries_exactly_one_marker_and_a_description():
    found = list(fields(StackSettings))
    assert [".".join(field.path) for field in found if len(field.markers) != 1] == []
    assert [".".join(field.path) for field in found if not field.meaning] == []
    assert len(found) > 50


def test_only_sections_are_marked_as_sections():
    assert [field.path for field in fields(StackSettings) if field.section is None and Section() in field.markers] == []


def test_an_unmarked_field_is_seen():
    class Unmarked(Settings):
        size: int

    assert [field.markers for field in fields(Unmarked)] == [()]


@pytest.mark.parametrize("stack", STACKS)
def test_each_stack_file_is_valid_but_for_secrets_that_only_its_key_can_add(stack):
    assumed = () if stack == "dev" else SECRETS
    assert read_stack(PROJECT / f"Pulumi.{stack}.yaml", assumed).tier == stack


def test_no_bound_name_of_one_stack_stands_in_another():
    texts = {name: (PROJECT / f"Pulumi.{name}.yaml").read_text() for name in STACKS}
    for name in STACKS:
        others = [other for other in STACKS if other != name]
        assert [other for other in others if f"acme-{other}" in texts[name]] == []


def test_the_sizes_of_the_three_stacks_are_those_required():
    def node(stack: str, pool: str) -> tuple[str, ...]:
        pools = read_stack(PROJECT / f"Pulumi.{stack}.yaml", SECRETS).opensearch.pools
        return tuple(map(str, (pools[pool].nodes, pools[pool].memory, pools[pool].heap_size, pools[pool].disk)))

    assert node("dev", "all") == ("1", "2Gi", "512Mi", "10Gi")
    assert node("staging", "all") == ("1", "2Gi", "1Gi", "20Gi")
    assert node("prod", "data") == ("3", "8Gi", "4Gi", "100Gi")
    assert node("prod", "manager") == ("3", "2Gi", "1Gi", "10Gi")


@pytest.mark.parametrize("path", generated())
def test_files_made_from_the_models_are_up_to_date(path):
    assert (PROJECT / path).read_text() == generated()[path], "refresh it: ./ballast settings --write"


def test_the_schema_lets_no_unknown_key_through_anywhere():
    schema = stack_schema()
    objects = [found for found in schema["$defs"].values() if found.get("type") == "object"]
    objects += [schema["properties"]["config"]]
    named = [p for found in objects for p in found["properties"].values() if p.get("type") == "object"]
    assert len(objects) > 8
    assert sum("patternProperties" in found for found in named) == 19
    assert all(found["additionalProperties"] is False for found in [*objects, *named])


def test_settings_import_no_provider_sdk_and_no_engine():
    loaded = "print([name for name in sys.modules if name.startswith('pulumi')])"
    code = f"import sys, ops.settings.judge, ops.settings.generated; {loaded}"
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("kind", "text", "number", "written"),
    [
        (Bytes, "8Gi", 8 * 2**30, "8Gi"),
        (Bytes, "1024Mi", 2**30, "1Gi"),
        (Bytes, "1536Mi", 1536 * 2**20, "1536Mi"),
        (Millicores, "500m", 500, "500m"),
        (Millicores, "2", 2000, "2"),
        (Millicores, "1500m", 1500, "1500m"),
        (Duration, "30d", 30 * 86400, "30d"),
        (Duration, "90m", 5400, "90m"),
        (Duration, "60m", 3600, "1h"),
    ],
)
def test_a_quantity_is_read_with_its_unit_and_written_in_the_largest_exact_one(kind, text, number, written):
    value = kind.parse(text)
    assert (int(value), value.text) == (number, written)


@pytest.mark.parametrize("text", ["8", "8GB", "8gi", "8 Gi", "8.5Gi", "0Gi", "-8Gi", "", "Gi", "٨Gi", 8, None, True])
def test_a_size_without_an_accepted_unit_is_refused(text):
    with pytest.raises(PydanticCustomError, match=r"size|accepted"):
        Bytes.parse(text)


def pool(**changes: object) -> NodePoolSettings:
    given = {"roles": ["data"], "nodes": 1, "cpu": "1", "memory": "8Gi", "disk": "10Gi"} | changes
    return NodePoolSettings.model_validate(given, strict=False)


def test_the_heap_is_half_of_memory_and_at_most_31_gib_unless_given():
    assert pool().heap_size == 4 * 2**30
    assert pool(memory="128Gi").heap_size.kubernetes == "31Gi"
    assert pool(heap="512Mi").heap_size.kubernetes == "512Mi"


def test_settings_cannot_be_changed_after_they_were_read():
    with pytest.raises(ValidationError, match="frozen"):
        pool().nodes = 3  # pyrefly: ignore
