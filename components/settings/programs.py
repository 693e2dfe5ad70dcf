"""All programs of the platform that have settings, in lists that everything else loops over."""

from components.applications.description import APPLICATIONS
from components.observability.alertmanager.description import ALERTMANAGER
from components.observability.collector.description import COLLECTOR
from components.observability.exporters.description import EXPORTERS
from components.observability.grafana.description import GRAFANA
from components.observability.loki.description import LOKI
from components.observability.prometheus.description import PROMETHEUS
from components.observability.tempo.description import TEMPO
from components.settings.program import Program
from components.settings.stores import STORE_KINDS

TELEMETRY: tuple[Program, ...] = (PROMETHEUS, EXPORTERS, ALERTMANAGER, COLLECTOR, LOKI, TEMPO, GRAFANA)

DESCRIBED: tuple[Program, ...] = (*STORE_KINDS, *TELEMETRY, APPLICATIONS)
