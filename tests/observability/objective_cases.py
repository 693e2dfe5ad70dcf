"""For each alert of an objective: what is recorded of both windows, and one of them only just below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.settings.objectives import budget
from components.signals.objectives import FAST, SLOW, WINDOWS
from tests.harness.alert_timelines import Case
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.signals.objectives import Burn, Slo
    from tests.harness.alert_timelines import Sample

SLOS = [slo for one in offered(stack_settings("prod")) for slo in one.slos]


def burns(slo: Slo, burn: Burn, spared: str) -> Case:
    """Beyond the threshold in both windows; before and after, one of them is spared."""
    least = burn.factor * budget(slo.objective)
    told: dict[str, Sample] = {slo.series(window): 0 for window in WINDOWS}
    told |= {slo.series(window): 1.01 * least for window in (burn.long, burn.short)}
    return Case(bad=told, near={**told, slo.series(spared): 0.99 * least}, labels={"slo": slo.name})


def burning(slos: Sequence[Slo]) -> Iterator[tuple[Slo, str, Burn]]:
    """Yield each pair of windows of each objective, with the end of the name of its alert."""
    for slo in slos:
        for word, pair in (("BurnsFast", FAST), ("BurnsSlowly", SLOW)):
            for burn in pair:
                yield slo, word, burn


OBJECTIVE_CASES = {
    f"{slo.name}{word} {burn.long}, near in {spared}": burns(slo, burn, spared)
    for slo, word, burn in burning(SLOS)
    for spared in (burn.long, burn.short)
}
