"""The users of the OpenSearch cluster; the configure job makes them."""

ADMIN_USER = "admin"
APPLICATIONS_USER = "applications"
AUTOMATION_USER = "automation"
CONSOLE_USER = "console"
LOGS_USER = "logs"
METRICS_USER = "metrics"
