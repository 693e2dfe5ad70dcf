"""The users of the OpenSearch cluster; the configure job makes them."""

ADMIN_USER = "admin"
APPLICATIONS_USER = "applications"
AUTOMATION_USER = "automation"
CONSOLE_USER = "console"
LOGS_USER = "logs"
METRICS_USER = "metrics"

PASSWORDS = {
    ADMIN_USER: "opensearchAdminPassword",
    AUTOMATION_USER: "opensearchAutomationPassword",
    CONSOLE_USER: "opensearchConsolePassword",
    METRICS_USER: "opensearchMetricsPassword",
    LOGS_USER: "opensearchLogsPassword",
    APPLICATIONS_USER: "opensearchApplicationsPassword",
}
"""Which key of the stack file holds the password of which user."""
