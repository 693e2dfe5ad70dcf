"""A span of time as people type it."""

from __future__ import annotations

import typer


def seconds(text: str) -> int:
    """Return the seconds of a span such as `30m`.

    Raises:
        typer.BadParameter: It is none.
    """
    # Late: quantities load pydantic, for which nobody wants to wait at --help.
    from components.settings.quantities import Duration  # noqa: PLC0415 - see above

    try:
        return Duration.parse(text)
    except ValueError:
        raise typer.BadParameter("is a span of time, for example 30m or 6h") from None
