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


def _a_login_asks_who_it_is(stack: StackSettings) -> Iterator[Mistake]:
    oidc = stack.grafana.oidc
    if oidc is not None and "openid" not in oidc.scopes:
        problem = "lacks openid, without which a provider says nothing of who logs in"
        yield Mistake(("grafana", "oidc", "scopes"), problem, "add openid, and for names and roles profile and email")


GRAFANA_RULES: tuple[Rule, ...] = (_people_come_back_from_their_identity_provider, _a_login_asks_who_it_is)
