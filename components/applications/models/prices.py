"""The table of prices beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from components.applications.convention_settings import TOKENS
from components.settings.quantities import Duration
from components.signals.recordings import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

TABLE = Path(__file__).with_name("prices.toml")
GOOD_FOR = Duration.parse("90d")
"""How long a table is believed: vendors change their lists a few times in a year."""

MILLION = 1_000_000
PRICE = "model:price_dollars:token"
"""Recorded for each model and kind of token, so that tokens can be multiplied by it."""

BY = "gen_ai_request_model, gen_ai_token_type"


@dataclass(frozen=True)
class Prices:
    """The table.

    Attributes:
        as_of: the day on which somebody last looked.
        models: dollars for a million tokens, by model and kind of token.
    """

    as_of: date
    models: Mapping[str, Mapping[str, float]]

    @property
    def looked_at(self) -> int:
        """The beginning of that day in UTC, in seconds."""
        return int(datetime.combine(self.as_of, time(), UTC).timestamp())

    def recordings(self) -> Iterator[Recording]:
        """Return a series for each price."""
        for model, prices in self.models.items():
            for kind, dollars in prices.items():
                labels = {"gen_ai_request_model": model, "gen_ai_token_type": kind}
                yield Recording(name=PRICE, expression=f"vector({dollars / MILLION:.10g})", labels=labels)


@cache
def prices() -> Prices:
    """Read the table."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return Prices(read["as_of"], read["models"])


def tokens(service: str, window: str) -> str:
    """Return the tokens in a second of an application, by model and kind."""
    return f"sum by ({BY}) (rate({TOKENS}{{{service}}}{window}))"
