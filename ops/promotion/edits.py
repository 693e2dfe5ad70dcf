"""What is cut out of a text and put into it, all measured in the text as it was before."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edits:
    """Deletions and insertions by offsets in characters; what is put into the middle of a deletion stays."""

    deletions: list[tuple[int, int]] = field(default_factory=list)
    insertions: list[tuple[int, str]] = field(default_factory=list)

    def delete(self, start: int, end: int) -> None:
        """Cut out the characters from start up to end."""
        self.deletions.append((start, end))

    def insert(self, offset: int, text: str) -> None:
        """Put a text before a character; of several at one place the first comes first."""
        self.insertions.append((offset, text))

    def applied(self, text: str) -> str:
        """The text after all edits."""
        parts: list[str] = []
        done = 0
        for offset, inserted in sorted(self.insertions, key=lambda insertion: insertion[0]):
            parts += [self._kept(text, done, offset), inserted]
            done = offset
        return "".join([*parts, self._kept(text, done, len(text))])

    def _kept(self, text: str, start: int, end: int) -> str:
        parts: list[str] = []
        for first, past in sorted(self.deletions):
            if past > start and first < end:
                parts.append(text[start : max(first, start)])
                start = max(start, past)
        return "".join([*parts, text[start:end]])
