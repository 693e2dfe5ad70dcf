"""Characters that nobody sees, or takes for others: in no key and no value of a stack file.

What a person reads and what a program gets would differ: a zero-width space in a bucket's name, a Cyrillic letter in a
context, an en dash in a namespace (Unicode Technical Standard 39, Unicode Security Mechanisms).
"""

import unicodedata
from collections.abc import Iterator

from components.settings.report import KeyPath, Mistake

#: No setting is as long: a role's ARN has at most 2,048 characters (IAM), a key of S3 1,024, a mask a line or two.
LONGEST_TEXT = 2048
#: Latin letters that people write, up to Latin Extended-A; what follows is for linguists and looks like the others.
_LAST_LATIN = "\u017f"
#: `i` and `s` in disguise.
_DISGUISED = "\u0131\u017f"


def named(character: str) -> str:
    """A character as Unicode calls it, for example `U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def odd_texts(data: object, path: KeyPath = ()) -> Iterator[Mistake]:
    """A mistake for each key and each value that holds such a character, or is longer than any setting.

    Args:
        data: Plain data.
        path: Where it is.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _about(str(key), (*path, key), "the key")
            yield from odd_texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from odd_texts(value, (*path, index))
    elif isinstance(data, str):
        yield from _about(data, path, "the text")


def _about(text: str, path: KeyPath, noun: str) -> Iterator[Mistake]:
    if len(text) > LONGEST_TEXT:
        yield Mistake(path, f"{noun} has {len(text):,} characters, more than any setting", "look what was pasted here")
        return
    odd = None if text.isascii() and text.isprintable() else next((c for c in text if _is_odd(c, text)), None)
    if odd is not None:
        place = f"as number {text.index(odd) + 1} of {len(text)} characters"
        yield Mistake(
            path,
            f"{noun} holds {named(odd)}, {place}, which can't be seen or looks like another",
            "type it anew by hand; a mask that means this character writes \\x{" + f"{ord(odd):X}" + "}",
        )


def _is_odd(character: str, text: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if unicodedata.category(character)[0] not in "LM" or unicodedata.normalize("NFKC", character) != character:
        return True
    if _is_latin(character):
        return character > _LAST_LATIN or character in _DISGUISED
    return any(_is_latin(other) for other in text)


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")
