"""Text of one shape."""

import re
from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from components.settings.base import refuse
from components.settings.shown import described, shown

#: What readers of YAML and templates take for a value, or write where one was missing: as a name it is a mistake.
NO_NAMES = frozenset(["null", "nil", "none", "undefined", "nan", "true", "false", "yes", "no", "on", "off"])
#: Words of whoever meant to come back; a name may begin with one of the short ones, as `todo-app` does.
_TO_COME_BACK = re.compile(
    r"(.*[^a-z0-9])?(change|replace)[ _-]?me([^a-z0-9].*)?|(.* )?(todo|fixme|tbd|xxx+)( .*)?|your[_-].*|.*[_-]here",
    re.IGNORECASE | re.DOTALL,
)


def refuse_what_stands_for_another(value: str, remedy: str) -> None:
    """Refuse a text that is a word for a value or for none, or was to be filled in."""
    if value.lower() in NO_NAMES:
        refuse(f"is `{value}`, a word for a value or for none, and no name", remedy)
    if _TO_COME_BACK.fullmatch(value):
        refuse(f"is `{shown(value)}`, which stands for a text that was never written", remedy)


@dataclass(frozen=True)
class Matching:
    """Text that matches a pattern from its first to its last character.

    Attributes:
        pattern: Regular expression, also written into the JSON schema.
        rule: What the text must be, as the end of a sentence that begins with the value.
        example: A text that fits.
        longest: How many characters it may have.
    """

    pattern: str
    rule: str
    example: str
    longest: int = 253

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the pattern in place of pydantic's own check for text, which knows no rule to name."""
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The pattern and the example, for editors."""
        return {**handler(schema), "pattern": f"^{self.pattern}$", "examples": [self.example]}

    def _check(self, value: object) -> str:
        remedy = f"write for example {self.example}"
        if (
            not isinstance(value, str)
            or len(value) > self.longest
            or re.fullmatch(self.pattern, value, re.ASCII) is None
        ):
            refuse(f"must be {self.rule}, but is {described(value)}", remedy)
        refuse_what_stands_for_another(value, remedy)
        if not any(map(str.isalnum, value)):
            refuse(f"is `{shown(value)}`, in which there is no letter and no figure", remedy)
        if value.startswith("-"):
            refuse(f"is `{shown(value)}`, which a command would take for an option", remedy)
        return value
