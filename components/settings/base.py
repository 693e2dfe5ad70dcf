"""The base of every settings model: strict, frozen, no unknown keys, camelCase in the file."""

from typing import TYPE_CHECKING, ClassVar, NoReturn

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

#: The type of every error raised by this package's own validators; its context holds `problem` and `remedy`.
RULE_ERROR = "ballast_rule"


class NotReadError(Exception):
    """A rule asked for a value that is missing or wrong in the file; the rule can't be judged."""


class Settings(BaseModel):
    """A section of the stack file."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
    )

    if not TYPE_CHECKING:  # a checker that saw it would accept any attribute name

        def __getattr__(self, name: str) -> object:
            """Tell a field that the file left wrong (see partial.py) from a name that does not exist."""
            if name in type(self).model_fields:
                raise NotReadError(name)
            return super().__getattr__(name)


def refuse(problem: str, remedy: str) -> NoReturn:
    """Refuse a value from inside a validator.

    Args:
        problem: What is wrong and which rule says so.
        remedy: What to write instead.

    Raises:
        PydanticCustomError: Always; pydantic collects it with all other mistakes.
    """
    raise PydanticCustomError(RULE_ERROR, "{problem}", {"problem": problem, "remedy": remedy})
