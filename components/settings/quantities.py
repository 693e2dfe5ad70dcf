"""Sizes, shares of a processor and spans of time, written with their unit and kept as whole numbers."""

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from components.settings.base import refuse
from components.settings.shown import described, shown


class Quantity(int):
    """A positive whole number that is written in the stack file as text with a unit."""

    units: ClassVar[Mapping[str, int]]
    noun: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read a quantity from its text.

        Args:
            value: For example `8Gi`, `500m` or `30d`, depending on the class.

        Raises:
            PydanticCustomError: The value is not text, has no unit or one that is not accepted, or is not positive.
        """
        if isinstance(value, cls):
            return value
        accepted = ", ".join(unit or "none (whole processors)" for unit in cls.units)
        remedy = f"write a whole number and a unit, for example {cls.example} (units: {accepted})"
        if not isinstance(value, str):
            refuse(f"must be {cls.noun} with a unit, but is {described(value)}", remedy)
        match = re.fullmatch(r"([0-9]{1,15})([A-Za-z]{0,9})", value, re.ASCII)
        if match is None:
            refuse(f"`{shown(value)}` is not {cls.noun}", remedy)
        number, unit = match.groups()
        if unit not in cls.units:
            refuse(f"`{value}` has {f'the unit {unit}' if unit else 'no unit'}, which is not accepted", remedy)
        if number.startswith("0"):
            refuse(f"`{value}` begins with 0; {cls.noun} is more than zero", remedy)
        return cls(int(number) * cls.units[unit])

    @property
    def text(self) -> str:
        """The quantity in the largest unit that holds it exactly, as the file writes it; bare if none is exact."""
        exact = [(size, unit) for unit, size in self.units.items() if self and self % size == 0]
        if not exact:
            return str(int(self))  # zero, or a computed size between two units
        size, unit = max(exact)
        return f"{self // size}{unit}"

    def __str__(self) -> str:
        """The text with its unit, so that messages read like the file."""
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by `parse`, write back as text."""
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: object) -> dict[str, object]:
        """The text's pattern, for editors."""
        del schema, handler
        units = "|".join(unit for unit in cls.units if unit)
        optional = "?" if "" in cls.units else ""
        return {"type": "string", "pattern": f"^[1-9][0-9]*({units}){optional}$", "examples": [cls.example]}


class Bytes(Quantity):
    """A size in bytes; written with a binary unit, as Kubernetes and the JVM count."""

    units: ClassVar[Mapping[str, int]] = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
    noun = "a size"
    example = "8Gi"

    @property
    def kubernetes(self) -> str:
        """The size as a Kubernetes quantity, for example `8Gi`; plain bytes where no unit is exact."""
        return self.text


class Millicores(Quantity):
    """A share of processors in thousandths of one; written `500m`, or `2` in quotes for whole processors."""

    units: ClassVar[Mapping[str, int]] = {"m": 1, "": 1000}
    noun = "a share of processors"
    example = '500m, or "2" in quotes'

    @property
    def kubernetes(self) -> str:
        """The share as a Kubernetes quantity, for example `500m` or `2`."""
        return self.text


class Duration(Quantity):
    """A span of time in seconds; written with the unit s, m, h or d."""

    units: ClassVar[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    noun = "a span of time"
    example = "30d"
