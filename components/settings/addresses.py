"""Where people and services outside are reached, and at what time."""

import functools
import re
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from components.settings.base import refuse
from components.settings.shown import shown
from components.settings.texts import Matching

_HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"

HttpsUrl = Annotated[
    str,
    Matching(
        rf"https://{_HOST}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/-]*[A-Za-z0-9_~-])?",
        "an address that begins with https://, without a slash at the end and without a question mark",
        "https://otlp.example.com",
    ),
]
HostAndPort = Annotated[str, Matching(rf"{_HOST}:[0-9]{{1,5}}", "a host name and a port", "smtp.example.com:587")]
MailAddress = Annotated[
    str, Matching(rf"[A-Za-z0-9._%+-]+@{_HOST}", "one e-mail address in plain form", "alerts@example.com")
]
SlackChannel = Annotated[
    str, Matching("#[a-z0-9_-]{1,79}", "a Slack channel: # and lower-case letters, digits, _ and -", '"#alerts"')
]
DayTime = Annotated[
    str,
    Matching(
        "([01][0-9]|2[0-3]):[0-5][0-9]|24:00", "a time of day from 00:00 to 24:00, in quotes in the file", '"02:00"'
    ),
]


@functools.cache  # hundreds of files are opened for it
def _time_zones() -> set[str]:
    return available_timezones()


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        refuse(f"`{shown(value)}` is not the name of a time zone", "write for example Europe/Berlin or UTC")
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]


def port_of(url: str) -> int:
    """The port at which an address that begins with https:// is reached."""
    found = re.match(r"https://[^/:]+:([0-9]+)", url)
    return int(found[1]) if found else 443
