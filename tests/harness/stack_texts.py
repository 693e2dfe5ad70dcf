"""Random stack files as people write them, each line with the keys it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

    Path = tuple[str, ...]

PLAIN = ["1.19.0", "a", "x-1", "30d", "a b", "3.13-slim", "é"]
ODD = ["#a", "a: b", "[x", "1", "true", "null", "", " a", "it's", 'say "so"', "a, b", "- a"]
OTHERS = [1, 0, 30, True, False, None, 1.5]

#: Whole sections with what makes a reader of YAML stumble; none of them is ever edited.
BYSTANDERS = {
    "cipher": ["  ballast:cipher:", "    secure: v1:qOH+NmTgluLE2A00:CHL0b0h3/muh9=="],
    "anchor": ["  ballast:anchor: &name", "    tagged: !!str 1   # no comment"],
    "text": ["  ballast:text: |", "    # no comment", "", "      ballast:p:", "    version: 9"],
    "quoted": ['  ballast:quoted: "one', "  # no comment", '    two"'],
}


@dataclass(frozen=True)
class Line:
    """A line.

    Attributes:
        text: Without its line break.
        keys: The keys whose values or names stand on it, or that the comment belongs to; without `ballast:`.
        is_comment: Whether it is a comment and nothing else.
    """

    text: str
    keys: frozenset[Path] = frozenset()
    is_comment: bool = False


def random_value(random: Random) -> Any:
    """A scalar, or a list of some."""
    if random.random() < 0.25:
        return [random_scalar(random) for _ in range(random.randrange(4))]
    return random_scalar(random)


def random_scalar(random: Random) -> Any:
    """Text, plain or such as needs quotes, or a number, a truth or nothing."""
    return random.choice([random.choice(PLAIN), random.choice(PLAIN), random.choice(ODD), random.choice(OTHERS)])


@dataclass
class Writer:
    """Writes settings in a random style.

    Attributes:
        random: Chooses.
        mark: Begins each comment; a number follows, so that no two comments are the same.
        lines: What is written so far.
        comments: How many comments are written so far.
    """

    random: Random
    mark: str
    lines: list[Line] = field(default_factory=list)
    comments: int = 0

    def stack_text(self, sections: dict[str, Any]) -> str:
        """Write a file with these sections, and bystanders between them; `lines` says what each line belongs to."""
        self._write("# header")
        self._write("encryptionsalt: v1:salt=:v1:x  # the salt")
        self._write("config:" + self._beside())
        bystanders = self.random.sample(sorted(BYSTANDERS), 2)
        self._bystander(bystanders[0])
        step = self.random.choice([1, 2, 3, 4])
        for name, section in sections.items():
            if self._happens(0.4):
                self._write("")
            self._entry((name,), section, 2, step)
        self._bystander(bystanders[1])
        newline = self.random.choice(["\n", "\n", "\r\n"])
        end = self.random.choice([newline, newline, ""])
        return newline.join(line.text for line in self.lines) + end

    def _happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def _write(self, text: str, *keys: Path) -> None:
        self.lines.append(Line(text, frozenset(keys)))

    def _comment(self) -> str:
        self.comments += 1
        return f"# {self.mark}{self.comments}"

    def _beside(self) -> str:
        return f"{' ' * self.random.choice([1, 3, 9])}{self._comment()}" if self._happens(0.4) else ""

    def _above(self, column: int, *keys: Path) -> None:
        self.lines.append(Line(" " * column + self._comment(), frozenset(keys), is_comment=True))

    def _bystander(self, name: str) -> None:
        if self._happens(0.5):
            for text in BYSTANDERS[name]:
                self._write(text)

    def _entry(self, path: Path, value: Any, column: int, step: int) -> None:
        if self._happens(0.15):
            # About nothing in particular: an empty line keeps it apart.
            self._above(column, path[:-1])
            self._write("")
        for _ in range(self.random.choice([0, 0, 1, 2])):
            self._above(column, path)
        name = path[-1] if len(path) > 1 else f"ballast:{path[-1]}"
        name = json.dumps(name) if self._happens(0.1) else name
        key = f"{' ' * column}{name}:"
        if isinstance(value, dict):
            self._section(key, path, value, column, step)
        elif isinstance(value, list) and value and self._happens(0.5):
            self._list(key, path, value, column)
        else:
            self._write(f"{key}{' ' * self.random.choice([1, 1, 3])}{self._spelled(value)}{self._beside()}", path)
        if self._happens(0.1):
            self._above(column + 1, path)

    def _section(self, key: str, path: Path, value: dict[str, Any], column: int, step: int) -> None:
        flat = not any(isinstance(child, dict) for child in value.values())
        if not value or (flat and len(path) > 1 and self._happens(0.3)):
            parts = [f"{name}: {self._spelled(child, is_flow=True)}" for name, child in value.items()]
            self._write(f"{key} {{{', '.join(parts)}}}{self._beside()}", path, *((*path, name) for name in value))
            return
        self._write(f"{key}{self._beside()}", path)
        for name, child in value.items():
            if self._happens(0.1):
                self._write("")
            self._entry((*path, name), child, column + step, step)

    def _list(self, key: str, path: Path, value: list[Any], column: int) -> None:
        self._write(f"{key}{self._beside()}", path)
        indent = " " * (column + self.random.choice([0, 2, 4]))
        for item in value:
            if self._happens(0.1):
                self._write(f"{indent}{self._comment()}", path)
            self._write(f"{indent}- {self._spelled(item)}{self._beside()}", path)

    def _spelled(self, value: Any, *, is_flow: bool = False) -> str:
        if isinstance(value, list):
            return f"[{', '.join(self._spelled(item, is_flow=True) for item in value)}]"
        if not isinstance(value, str):
            return json.dumps(value)
        forms = [json.dumps(value, ensure_ascii=False), "'{}'".format(value.replace("'", "''"))]
        if value in PLAIN or (value in ("a, b", "it's") and not is_flow):
            forms += [value] * 4
        return self.random.choice(forms)
