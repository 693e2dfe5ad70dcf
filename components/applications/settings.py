"""Settings of an application."""

from typing import Annotated

from components.applications.signals_settings import SignalsSettings
from components.settings.base import Settings
from components.settings.markers import Bound, Promoted, Section
from components.settings.texts import Namespace, ObjectName, ShortLabel


class ApplicationSettings(Settings):
    """An application that runs on the platform, by its name; what it tells of itself is watched."""

    namespace: Annotated[Namespace, Bound()]
    """Namespace of its pods."""
    team: Annotated[ShortLabel, Promoted()] = "platform"
    """Who is told of it; a team of alertmanager.teams has its own channel."""
    services: Annotated[tuple[ObjectName, ...], Promoted()] = ()
    """What its parts call themselves (resource attribute service.name); its own name when left out."""
    signals: Annotated[SignalsSettings, Section()]
    """What it tells of itself."""
