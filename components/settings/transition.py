"""The language of rules about what may follow what: texts that were recorded before, and those that are to follow."""

from collections.abc import Callable, Iterable, Iterator, Mapping

#: What `recorded_state` gives: texts by key.
Texts = Mapping[str, str]
#: Key without the leading `ballast:`, problem and remedy.
Finding = tuple[str, str, str]
#: Finds why a stack can't go from one state to another; only texts that can be read are given to it.
TransitionRule = Callable[[Texts, Texts], Iterable[Finding]]


def named(pattern: str, texts: Texts) -> Iterator[str]:
    """Every key that fits a pattern, in which `*` stands for the name of one entry."""
    parts = pattern.split(".")
    for key in texts:
        names = key.split(".")
        if len(names) == len(parts) and all(part in ("*", name) for part, name in zip(parts, names, strict=True)):
            yield key


def changed(old: Texts, new: Texts, pattern: str) -> Iterator[tuple[str, str, str]]:
    """Key, old and new text of each entry that fits a pattern, stands on both sides and differs."""
    for key in named(pattern, old):
        if new.get(key, old[key]) != old[key]:
            yield key, old[key], new[key]
