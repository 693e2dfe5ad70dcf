"""What everything else knows of Grafana."""

from components.observability.grafana.rules import GRAFANA_RULES
from components.settings.limit import HELPER, HELPER_DISK, HELPER_MEMORY, MI, Limits
from components.settings.markers import Secret
from components.settings.program import Program
from components.settings.readiness import Readiness
from components.settings.versions import Supported

GRAFANA = Program(
    pods=lambda stack: (stack.grafana,),
    rules=GRAFANA_RULES,
    limits={
        "grafana.cpu": HELPER,
        "grafana.memory": Limits(
            384 * MI, HELPER_MEMORY.most, "Grafana 13 takes 330Mi before anybody looks, and holds no data"
        ),
        "grafana.disk": HELPER_DISK,
    },
    supported={"grafana": Supported((13, 2, 1), 14, "13.2.0 leaks memory where answers are compressed")},
    secrets={
        "grafanaAdminPassword": Secret(
            purpose="password of Grafana's user `admin`, for emergencies where people log in by OIDC",
            readers=("grafana", "operator"),
        ),
        "grafanaOidcSecret": Secret(
            purpose="secret of Grafana as a client of the identity provider",
            readers=("grafana",),
            section="grafana.oidc",
        ),
    },
    ready=(
        Readiness("people log in by name", lambda s: s.grafana.oidc is not None, "write ballast:grafana.oidc (O2)"),
        Readiness("Grafana has an address", lambda s: s.grafana.url is not None, "write ballast:grafana.url"),
    ),
)
