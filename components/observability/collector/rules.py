"""Rules of the collector."""

from collections.abc import Iterator

from components.settings.quantities import Duration
from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings

#: Spans of a trace wait in memory; nobody has room for more (observability, 2.4 has 30 s).
LONGEST_WAIT = Duration(120)


def _traces_are_judged_in_time(stack: StackSettings) -> Iterator[Mistake]:
    wait = stack.collector.sampling.wait
    if wait > LONGEST_WAIT:
        yield Mistake(
            ("collector", "sampling", "wait"),
            f"is {wait}; all spans wait in memory meanwhile",
            f"write {LONGEST_WAIT} or less",
        )


COLLECTOR_RULES: tuple[Rule, ...] = (_traces_are_judged_in_time,)
