"""How often a schedule runs, so that one that runs less often, or never, is seen."""

from __future__ import annotations

import re
from calendar import day_abbr, month_abbr
from datetime import date, timedelta

_EVERY = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0"}
_EVERY |= {"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}
_NAMES = {name.lower(): str(number % 7) for number, name in enumerate(day_abbr, 1)}
_NAMES |= {name.lower(): str(number) for number, name in enumerate(month_abbr) if name}
_LEAP = [date(2028, 1, 1) + timedelta(days=day) for day in range(366)]
_FIELDS, _WITH_SECONDS = 5, 6


def runs_in_a_year(schedule: object) -> int | None:
    """The number of runs in a leap year; None where the schedule can't be read.

    Args:
        schedule: as CronJobs (five fields), CloudNativePG (with seconds before them) and AWS (`cron(...)`) write it.
    """
    text = re.sub(r"(?i)^cron\((.*)\)$", r"\1", str(schedule).strip())
    fields = re.sub(r"^(CRON_)?TZ=\S+\s+", "", _EVERY.get(text.lower(), text)).split()
    if len(fields) == _WITH_SECONDS:
        # AWS has the year at the end, others seconds at the beginning.
        fields = fields[:_FIELDS] if text != str(schedule).strip() else fields[1:]
    try:
        minutes, hours, days, months, weekdays = fields
        on_days, on_weekdays = _numbers(days, 1, 31), {day % 7 for day in _numbers(weekdays, 0, 7)}
        in_months, each = _numbers(months, 1, 12), len(_numbers(minutes, 0, 59)) * len(_numbers(hours, 0, 23))
    except ValueError:
        return None
    # Where both name days, either is enough.
    either = not days.startswith(("*", "?")) and not weekdays.startswith(("*", "?"))
    matching = [(day.day in on_days, day.isoweekday() % 7 in on_weekdays) for day in _LEAP if day.month in in_months]
    return each * sum(any(found) if either else all(found) for found in matching)


def _numbers(field: str, first: int, last: int) -> set[int]:
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        begin = first if low in ("*", "?") else int(_NAMES.get(low, low))
        end = int(_NAMES.get(high, high)) if high else last if step or low in ("*", "?") else begin
        if not first <= begin <= end <= last:
            raise ValueError(field)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found
