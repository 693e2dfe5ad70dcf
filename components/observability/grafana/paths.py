"""Where things lie in Grafana's pod."""

from __future__ import annotations

DATA = "/var/lib/grafana"
"""The volume: users, their preferences, and the key below."""

SECRET_KEY = f"{DATA}/secret-key"
"""With what Grafana encrypts in its database; it lives and dies with it, so both are always from the same hour."""

CONFIGURATION = "/etc/ballast/grafana"
PROVISIONING = "/etc/ballast/provisioning"
DASHBOARDS = "/etc/ballast/dashboards"
SCRIPTS = "/etc/ballast/scripts"
ADMIN_PASSWORD = "/etc/ballast/admin/password"  # noqa: S105 - a file's path
OIDC_SECRET = "/etc/ballast/oidc/password"  # noqa: S105 - a file's path
