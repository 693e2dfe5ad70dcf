"""Single values of a stack file, read as YAML 1.2 reads them; what two readers could read differently is refused."""

import re
from dataclasses import dataclass

import yaml

from components.settings.shown import shown

_TEXT = "tag:yaml.org,2002:str"
_KINDS = {"null": None, "true": True, "false": False}
#: A time of YAML 1.1, which Go's readers, one of them the engine's, take for one or for a text as their version has it.
TIME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9].*)?")
#: The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6).
LARGEST = 2**53 - 1


@dataclass(frozen=True)
class Misread:
    """Why a value can't be read.

    Attributes:
        problem: What is wrong.
        remedy: What to write instead.
    """

    problem: str
    remedy: str


class Loader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does, like the engine: `yes`, `on`, `1:30` and dates stay text."""

    #: No setting lies deeper, and a few hundred levels would be more than Python can walk.
    deepest = 16

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what no setting needs: aliases, as a promotion edits each value in place, tags and great depth."""
        event = self.peek_event()
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "anchors and aliases are not accepted", mark)
        tag = getattr(event, "tag", None)
        if tag is not None and not (tag == _TEXT and isinstance(event, yaml.ScalarEvent)):
            short = tag.replace("tag:yaml.org,2002:", "!!")
            raise yaml.composer.ComposerError(
                None, None, f"the tag {short} is not accepted; write the value alone", mark
            )
        if isinstance(event, yaml.ScalarEvent) and re.search("[\ud800-\udfff]", event.value):
            raise yaml.composer.ComposerError(None, None, "half a character (U+D800 to U+DFFF) is none", mark)
        if self._depth == self.deepest:
            raise yaml.composer.ComposerError(None, None, f"nothing is nested deeper than {self.deepest} levels", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    # What Go's reader, which the engine uses, or YAML 1.1 takes for a number, and YAML 1.2 for a text.
    ("other", r"0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[-+]?[0-9][0-9_]*_[0-9_.]*", list("-+0123456789")),
    ("other", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", list("-+.")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def scalar(tag: str, text: str) -> object:
    """The value of a scalar, or why it can't be read.

    Args:
        tag: What the loader took it for.
        text: Its characters.
    """
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if (misread := _misread(kind, text)) is not None:
        return misread
    match kind:
        case "null" | "bool":
            return _KINDS.get(text.lower())
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _:
            return text


def _misread(kind: str, text: str) -> Misread | None:
    if kind == "null" and text == "":
        remedy = "write null if nothing is meant, remove the key, or put quotes around a text that begins with #"
        return Misread("is left empty, which could mean anything", remedy)
    if kind == "int" and re.match("[-+]?0[0-9]", text):
        remedy = f"write {text.lstrip('-+').lstrip('0') or '0'}, or put it in quotes if it is text"
        return Misread(f"`{shown(text)}` begins with 0, which some read as octal and some as decimal", remedy)
    # Python refuses to convert thousands of digits, and no other reader keeps so many.
    if kind == "int" and (len(text) > len(f"-{LARGEST}") or abs(int(text)) > LARGEST):
        return Misread(f"is a number beyond {LARGEST}", "write a number that can be meant")
    if kind == "other":
        remedy = "put it in quotes if it is text, or write it in decimal figures"
        return Misread(f"`{shown(text)}` is a number for some readers of YAML and a text for others", remedy)
    return None
