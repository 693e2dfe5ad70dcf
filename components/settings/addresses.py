"""Where people and services outside are reached, and at what time."""

import functools
import re
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator

from components.settings.base import refuse
from components.settings.matching import Matching
from components.settings.shown import shown
from components.settings.texts import NO_HOST, PORT

_PART = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
#: A name: its last part begins with a letter, as that of no address does.
HOST = rf"{NO_HOST}({_PART}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
_URL = rf"https://{HOST}(:{PORT})?(/[A-Za-z0-9._~/-]*[A-Za-z0-9_~-])?"

HttpsUrl = Annotated[
    str,
    Matching(
        _URL,
        "an address that begins with https://, without a slash at the end and without a question mark",
        "https://otlp.example.com",
    ),
]
#: Some identity providers' addresses end in a slash, and mean another page without it.
EndpointUrl = Annotated[
    str,
    Matching(
        f"{_URL}/?",
        "an address that begins with https://, without a question mark",
        "https://login.example.com/oauth2/token",
    ),
]
HostAndPort = Annotated[str, Matching(f"{HOST}:{PORT}", "a host name and a port", "smtp.example.com:587")]
_LOCAL_PART = r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*"
MailAddress = Annotated[
    str, Matching(rf"(?=.{{1,64}}@){_LOCAL_PART}@{HOST}", "one e-mail address in plain form", "alerts@example.com")
]
#: Of a mail server; many providers' are no addresses: `apikey`, `AKIA...`, `resend`.
UserName = Annotated[
    str, Matching(r"[A-Za-z0-9._%+@=/-]+", "a user name without blanks and quotes", "alerts@example.com")
]
#: RFC 9110, 5.6.2, in lower case; these belong to the connection and not to whoever sends a token.
HeaderName = Annotated[
    str,
    Matching(
        "(?!(host|connection|content-.*|transfer-encoding|accept.*|te|trailer|upgrade|user-agent)$)"
        "[a-z][a-z0-9]*([_-][a-z0-9]+)*",
        "the name of an HTTP header of one's own, in lower case",
        "authorization",
        longest=63,
    ),
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


@functools.cache
def _time_zones() -> set[str]:
    """The names that the database gives today: those of places, out of zone.tab, and UTC."""
    places = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return {"UTC", *(line.split("\t")[2] for line in places if not line.startswith("#"))}


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        # Older names are links, which many images no longer have (Debian moved them to tzdata-legacy).
        rules = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8").splitlines()
        links = {link: today for line in rules if line.startswith("L ") for _, today, link in [line.split()]}
        today = links.get(value, "")
        if today in _time_zones():
            refuse(f"`{shown(value)}` is an older name of a time zone, which not every image knows", f"write {today}")
        refuse(f"`{shown(value)}` is not the name of a time zone", "write for example Europe/Berlin or UTC")
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]


def port_of(url: str) -> int:
    """The port at which an address that begins with https:// or http:// is reached."""
    found = re.match(r"https?://[^/:]+:([0-9]+)", url)
    return int(found[1]) if found else 443 if url.startswith("https:") else 80
