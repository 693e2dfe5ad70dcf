"""Which secrets a stack file must hold, what each opens and who reads it; their values are never read here."""

from components.settings.markers import Secret

#: Secrets by the name that follows `ballast:` in the stack file.
SECRETS: dict[str, Secret] = {
    "opensearchAdminPassword": Secret(
        purpose="password of the user `admin`, who may do everything in the search cluster",
        readers=("search configure job", "operator"),
    ),
    "opensearchAutomationPassword": Secret(
        purpose="password of the user that owns snapshot and lifecycle policies, which run with its rights",
        readers=("search configure job",),
    ),
    "opensearchConsolePassword": Secret(
        purpose="password of the user with which OpenSearch Dashboards reaches the search cluster",
        readers=("search configure job", "search console"),
    ),
    "opensearchMetricsPassword": Secret(
        purpose="password of the user with which the metrics exporter reads the search cluster's state",
        readers=("search configure job", "search metrics exporter"),
    ),
    "qdrantApiKey": Secret(
        purpose="key with which everything may be done in the vector store, and with which its nodes know each other",
        readers=("vector nodes", "vector jobs", "applications", "operator"),
        section="qdrant",
    ),
    "qdrantAlternativeApiKey": Secret(
        purpose="second key with the same rights, so that the two can be exchanged one after the other",
        readers=("vector nodes",),
        section="qdrant",
    ),
    "qdrantReadOnlyApiKey": Secret(
        purpose="key that only reads the vector store",
        readers=("vector nodes", "metrics", "applications"),
        section="qdrant",
    ),
    "alertmanagerPagerdutyKey": Secret(
        purpose="integration key with which critical alerts reach PagerDuty",
        readers=("alertmanager",),
        section="alertmanager.pagerduty",
    ),
    "alertmanagerSlackToken": Secret(
        purpose="bot token with which alerts are written to Slack",
        readers=("alertmanager",),
        section="alertmanager.slack",
    ),
    "alertmanagerSmtpPassword": Secret(
        purpose="password of the user that sends alerts by e-mail",
        readers=("alertmanager",),
        section="alertmanager.email",
    ),
    "alertmanagerHeartbeatUrl": Secret(
        purpose="address of the dead man's switch outside; whoever knows it can keep it quiet",
        readers=("alertmanager",),
        section="alertmanager.heartbeat",
    ),
    "collectorVendorToken": Secret(
        purpose="token with which traces are sent to the second place outside",
        readers=("collector gateway",),
        section="collector.vendor",
    ),
    "opensearchLogsPassword": Secret(
        purpose="password of the user with which Data Prepper writes logs into the search cluster",
        readers=("search configure job", "data prepper"),
        section="dataPrepper",
    ),
    "grafanaAdminPassword": Secret(
        purpose="password of Grafana's user `admin`, for emergencies where people log in by OIDC",
        readers=("grafana", "operator"),
    ),
    "grafanaOidcSecret": Secret(
        purpose="secret of Grafana as a client of the identity provider",
        readers=("grafana",),
        section="grafana.oidc",
    ),
}
