"""How a setting travels between environments: exactly one marker stands on every field; and what ties a stack to it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from components.settings.versions import largest_step, release

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class ScaleRule(StrEnum):
    """How a size may differ from one environment to the next."""

    NEVER_SMALLER = "never smaller downstream"
    NEVER_LARGER = "never larger downstream"
    FREE = "any size"


@dataclass(frozen=True)
class Marker:
    """Base of all markers; adds its name to the JSON schema, so that an editor shows how the key travels."""

    @property
    def label(self) -> str:
        """The marker as the settings table prints it."""
        return type(self).__name__

    def __get_pydantic_json_schema__(
        self, core_schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        """Write the label beside the field's schema under `x-travels`."""
        schema = handler(core_schema)
        if not isinstance(self, Section):
            schema["x-travels"] = self.label
        return schema


@dataclass(frozen=True)
class Promoted(Marker):
    """Must become equal downstream.

    Attributes:
        order: `semver` when a value can be newer or older than another, None when values only differ.
        irreversible: True when an on-disk format cannot go back, so a downgrade needs a restore.
        max_step: The largest step one promotion may take, None for any.
    """

    order: Literal["semver"] | None = None
    irreversible: bool = False
    max_step: Literal["major", "minor", "patch"] | None = None

    @property
    def label(self) -> str:
        """The marker and what limits its steps."""
        notes = [f"one {self.max_step} at a time"] if self.max_step else []
        notes += ["irreversible"] if self.irreversible else []
        return f"Promoted ({', '.join(notes)})" if notes else "Promoted"

    def is_too_far(self, was: object, now: object) -> bool:
        """Whether one promotion may not go from one version to another, because it skips what lies between.

        Args:
            was: The version that is replaced.
            now: A newer one; whether a step goes back is another question.
        """
        first, last = release(was), release(now)
        if self.max_step is None or first is None or last is None:
            return False
        part, by = largest_step(first, last)
        sizes = ("patch", "minor", "major")
        return sizes.index(part) > sizes.index(self.max_step) or (part == self.max_step and by > 1)


@dataclass(frozen=True)
class Bound(Marker):
    """Belongs to this environment and is never copied to another.

    Attributes:
        unique: True when the value names one thing in the world, so that two environments with the same value would
            share it: a bucket, a role, a cluster. A name that only means something inside another thing, such as a
            context in a kubeconfig or a client at an identity provider, may well stand in two of them.
        together_with: Key of the stack file by which several environments share the thing; only all of both is unique.
    """

    unique: bool = False
    together_with: str | None = None

    @property
    def label(self) -> str:
        """The marker, and whether another environment may have the same value."""
        if self.together_with:
            return f"Bound (unique with {self.together_with})"
        return "Bound (unique)" if self.unique else "Bound"


@dataclass(frozen=True)
class Scaled(Marker):
    """Differs by size between environments; reported against its rule, never copied."""

    rule: ScaleRule

    @property
    def label(self) -> str:
        """The marker and its rule."""
        return f"Scaled ({self.rule.value})"


@dataclass(frozen=True)
class Secret(Marker):
    """Its value is never compared or moved; only the running program has it, and may find a fault in it.

    Attributes:
        purpose: What the secret opens, in a few words.
        readers: The components that may read it.
        section: The section it belongs to, with dots between its keys, `**` before them where it may stand anywhere;
            it is asked for only when the stack file has that section.
        fault: Says what is wrong with a value that whoever it is for would refuse, without repeating it.
    """

    purpose: str
    readers: tuple[str, ...]
    section: str | None = None
    fault: Callable[[str], str | None] | None = None


@dataclass(frozen=True)
class Section(Marker):
    """Holds further fields that each carry their own marker; says nothing about them."""


class Comparison(StrEnum):
    """How what is recorded of a field is compared with what is to follow."""

    VERSION = "version"
    """Never goes back, and goes on by the steps that the field's marker allows."""
    SIZE = "size"
    """Never gets smaller: no volume can."""
    COUNT = "count"
    """A number of pods with volumes; whether fewer may follow is said by whose they are, or judged in the cluster."""
    PLACE = "place"
    """Where data lies, also where that is no bucket; what is there does not follow to another."""
    PERIOD = "period"
    """A day, and where data lies that is written from then on, until the next one; also where that is no bucket."""
    GUARD = "guard"
    """What guards the data beside it; it may be added, and neither goes nor changes without a word."""
    SPAN = "span"
    """How long data is kept; it may change, and says how long what lies at another place may still be there."""
    TIER = "tier"
    """How an environment is run; never goes down, because rules of the higher one guard the data that is there."""
    TEXT = "text"
    """May change, but for what a rule of the store says."""
    SET = "set"
    """A list whose order says nothing; it may change like a text."""


@dataclass(frozen=True)
class Recorded:
    """Data already written ties a stack to this field; it stands beside the marker that says how the field travels.

    On a section of named entries it holds for each entry.

    Attributes:
        compared: How its texts are compared.
        text: How a value is written, so that a later release can still read it.
        guards: Of a guard, what data would lose without it, as a sentence of its own.
    """

    compared: Comparison
    text: Callable[[Any], str] = str
    guards: str = ""


@dataclass(frozen=True)
class KeptFor:
    """How long something is kept: what is older goes, and a shorter time deletes it within hours.

    Attributes:
        by: Fields beside it that say what it holds for, where it does not hold for all; of several entries that hold
            for the same, the one that names most decides, and of two such the shorter time.
        otherwise: Key of the time that holds for everything else; None where everything else is kept for ever.
    """

    by: tuple[str, ...] = ()
    otherwise: tuple[str, ...] | None = None
