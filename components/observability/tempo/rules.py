"""Rules of Tempo: traces fit, and stay long enough to be found."""

from collections.abc import Iterator

from components.settings.capacity import fits_its_disk
from components.settings.quantities import Duration
from components.settings.report import Mistake
from components.settings.rule import Rule, supported_major
from components.settings.stack import StackSettings

#: Tempo looks for new blocks every five minutes; a trace must be there for longer than it takes to be found.
SHORTEST_TRACES = Duration(3600)


def _traces_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tempo.s3 is None:
        yield from fits_its_disk("tempo", stack.tempo.retention, stack.tempo.daily_volume, stack.tempo.disk)


def _traces_can_be_found_before_they_go(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tempo.retention < SHORTEST_TRACES:
        yield Mistake(
            ("tempo", "retention"),
            f"is {stack.tempo.retention}; a trace that is deleted so soon can hardly be looked at",
            f"write {SHORTEST_TRACES} or more",
        )


TEMPO_RULES: tuple[Rule, ...] = (
    supported_major("tempo", 3),
    _traces_fit_their_disk,
    _traces_can_be_found_before_they_go,
)
