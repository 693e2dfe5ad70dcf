"""Grafana: what people look at."""

from typing import Annotated

from pydantic import AfterValidator, Field

from components.settings.addresses import EndpointUrl, HttpsUrl
from components.settings.base import Settings, refuse
from components.settings.markers import Bound, Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.matching import Matching
from components.settings.networks import Cidr
from components.settings.quantities import Bytes, Millicores
from components.settings.texts import Namespace, Version

#: It becomes part of an expression in grafana.ini, where quotes, ; and # would mean something.
ProviderName = Annotated[
    str,
    Matching("[A-Za-z0-9/][A-Za-z0-9._:/@+-]*", "letters, digits and any of . _ : / @ + -, without blanks", "platform"),
]


#: RFC 6749, 3.3, less what grafana.ini would read as something else.
Scope = Annotated[
    str, Matching("[A-Za-z0-9][A-Za-z0-9._:/+-]*", "a scope of OpenID Connect, without blanks", "groups", longest=200)
]


def _at_the_root(value: str) -> str:
    if "/" in value.removeprefix("https://"):
        refuse(f"`{value}` has a path, but Grafana is served at the root of a host name", "give it a host name alone")
    return value


RootUrl = Annotated[HttpsUrl, AfterValidator(_at_the_root)]


class OidcSettings(Settings):
    """Who may log in, by OpenID Connect; the client's secret is a secret."""

    client_id: Annotated[ProviderName, Bound()]
    """Name of Grafana at the identity provider."""
    auth_url: Annotated[EndpointUrl, Bound()]
    """Authorization endpoint."""
    token_url: Annotated[EndpointUrl, Bound()]
    """Token endpoint."""
    api_url: Annotated[EndpointUrl, Bound()]
    """User info endpoint."""
    scopes: Annotated[tuple[Scope, ...], Bound(), Field(min_length=1)] = ("openid", "profile", "email", "groups")
    """Scopes that are asked for, openid among them; some providers refuse `groups` and tell them unasked."""
    admin_group: Annotated[ProviderName, Bound()]
    """Group whose members may administer Grafana; all others look and change nothing."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks through which token and user info endpoint are reached."""


class GrafanaSettings(Settings):
    """Grafana, one process, provisioned from files and read-only."""

    version: Annotated[Version, Promoted(order="semver", irreversible=True), Recorded(Comparison.VERSION)]
    """Version of Grafana."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk, for users and their preferences; it can grow and never shrinks."""
    url: Annotated[RootUrl | None, Bound(unique=True)] = None
    """Where people reach it; without one it is reached by kubectl port-forward. OIDC needs one."""
    repository: Annotated[HttpsUrl | None, Promoted()] = None
    """Where people read the files of this repository, down to the branch; alerts and panels link to its runbooks."""
    open_to: Annotated[tuple[Namespace, ...], Bound()] = ()
    """Namespaces whose pods may reach it: that of an ingress controller, which brings people and TLS."""
    oidc: Annotated[OidcSettings | None, Section()] = None
    """Who may log in; the user `admin` with its password when left out."""
