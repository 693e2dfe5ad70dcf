"""grafana.ini: who may come in, what is kept, and that nothing is sent home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.observability.grafana.settings import GrafanaSettings, OidcSettings

PORT = 3000

Sections = dict[str, dict[str, str]]


def sections(settings: GrafanaSettings) -> Sections:
    """Return grafana.ini as sections with their keys; secrets are names of files."""
    found: Sections = {
        "paths": {
            "data": paths.DATA,
            "plugins": f"{paths.DATA}/plugins",
            "provisioning": paths.PROVISIONING,
        },
        "server": {"http_port": str(PORT), "enable_gzip": "true"},
        "database": {"type": "sqlite3", "wal": "true"},
        "security": {
            "admin_user": "admin",
            "admin_password": f"$__file{{{paths.ADMIN_PASSWORD}}}",
            "secret_key": f"$__file{{{paths.SECRET_KEY}}}",
            "disable_gravatar": "true",
            "cookie_samesite": "lax",
        },
        "users": {
            "allow_sign_up": "false",
            "allow_org_create": "false",
            "auto_assign_org_role": "Viewer",
            # Without it a Viewer has no Explore, and no click leads from a metric to its trace. Nothing can be saved.
            "viewers_can_edit": "true",
        },
        "auth.anonymous": {"enabled": "false"},
        # Nobody calls the API with the password, so nobody can guess it there.
        "auth.basic": {"enabled": "false"},
        "dashboards": {"default_home_dashboard_path": f"{paths.DASHBOARDS}/Platform/ballast-overview.json"},
        "snapshots": {"enabled": "false", "external_enabled": "false"},
        "analytics": {
            "reporting_enabled": "false",
            "check_for_updates": "false",
            "check_for_plugin_updates": "false",
            "feedback_links_enabled": "false",
        },
        "news": {"news_feed_enabled": "false"},
        "plugins": {
            "plugin_admin_enabled": "false",
            # Grafana 13 replaces the data sources of its image by newer ones while it starts; where its file system
            # is read-only, it has removed them before it finds out.
            "preinstall_disabled": "true",
            "preinstall_auto_update": "false",
            "public_key_retrieval_disabled": "true",
        },
        # Alerts are Prometheus's, so that losing Grafana silences nobody. Its pages show them, and make silences in
        # Alertmanager.
        "unified_alerting": {"enabled": "true", "execute_alerts": "false"},
        "metrics": {"enabled": "true"},
        "log": {"mode": "console", "level": "info"},
        "log.console": {"format": "json"},
    }
    if settings.url is not None:
        found["server"]["root_url"] = f"{settings.url}/"
        found["security"] |= {"cookie_secure": "true", "strict_transport_security": "true"}
    if settings.oidc is not None:
        found["auth.generic_oauth"] = _oidc(settings.oidc)
    return found


def _oidc(oidc: OidcSettings) -> dict[str, str]:
    return {
        "enabled": "true",
        "name": "OpenID Connect",
        # A person's first login makes a user; who gets as far was let in by the identity provider.
        "allow_sign_up": "true",
        "auto_login": "true",
        "client_id": oidc.client_id,
        "client_secret": f"$__file{{{paths.OIDC_SECRET}}}",
        "scopes": " ".join(oidc.scopes),
        "auth_url": oidc.auth_url,
        "token_url": oidc.token_url,
        "api_url": oidc.api_url,
        "use_pkce": "true",
        "role_attribute_path": f"contains(groups[*], '{oidc.admin_group}') && 'Admin' || 'Viewer'",
        "role_attribute_strict": "false",
        "allow_assign_grafana_admin": "false",
        "skip_org_role_sync": "false",
    }


def rendered(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return sections in the words of grafana.ini."""
    return "\n".join(
        f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
        for section, keys in found.items()
    )
