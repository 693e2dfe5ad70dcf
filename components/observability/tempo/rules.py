"""Rules of Tempo: traces fit."""

from collections.abc import Iterator

from components.settings.capacity import fits_its_disk, passes_its_disk
from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _traces_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    tempo = stack.tempo
    if tempo.s3 is None:
        yield from fits_its_disk("tempo", tempo.retention, tempo.daily_volume, tempo.disk)
    else:
        yield from passes_its_disk("tempo", tempo.daily_volume, tempo.disk)


TEMPO_RULES: tuple[Rule, ...] = (_traces_fit_their_disk,)
