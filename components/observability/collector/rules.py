"""Rules of the collector: what is promised of slow traces can be kept."""

from collections.abc import Iterator

from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _slow_traces_are_waited_for(stack: StackSettings) -> Iterator[Mistake]:
    sampling = stack.collector.sampling
    if sampling.wait < sampling.slow:
        yield Mistake(
            ("collector", "sampling", "wait"),
            f"is {sampling.wait}, less than slow, {sampling.slow}: what outlives a trace's root makes it slow, and "
            "would come when the trace is judged as a fast one already",
            f"write {sampling.slow} or more",
        )


COLLECTOR_RULES: tuple[Rule, ...] = (_slow_traces_are_waited_for,)
