"""Rules of Grafana."""

from collections.abc import Iterator

from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _people_come_back_from_their_identity_provider(stack: StackSettings) -> Iterator[Mistake]:
    if stack.grafana.oidc is not None and stack.grafana.url is None:
        yield Mistake(
            ("grafana", "url"),
            "is missing, but after logging in by OIDC people are sent back to it",
            "write the address at which they reach Grafana",
        )


GRAFANA_RULES: tuple[Rule, ...] = (_people_come_back_from_their_identity_provider,)
