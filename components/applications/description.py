"""What everything else knows of applications."""

from components.applications.rules import APPLICATION_RULES
from components.applications.settings import ApplicationSettings
from components.settings.program import Program
from components.settings.readiness import Readiness


def _promises(application: ApplicationSettings) -> bool:
    return any(calls.availability is not None for calls in application.signals.calls.values())


APPLICATIONS = Program(
    rules=APPLICATION_RULES,
    ready=(
        Readiness(
            "an application says what it tells",
            lambda s: bool(s.applications),
            "write ballast:applications (docs/applications.md)",
        ),
        Readiness(
            "every application promises something",
            lambda s: all(map(_promises, s.applications.values())),
            "write availability for one of its calls",
        ),
    ),
)
