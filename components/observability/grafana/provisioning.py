"""Files from which Grafana takes its data sources and dashboards; people can't change either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from components.observability.grafana import paths
from components.observability.grafana.datasources import data_sources

if TYPE_CHECKING:
    from components.settings.quantities import Duration

DATA_SOURCES = "data-sources.yaml"
PROVIDERS = "providers.yaml"


def providers() -> dict[str, Any]:
    """Return the file that says where dashboards lie; a folder there is a folder in Grafana."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "ballast",
                "orgId": 1,
                "type": "file",
                "disableDeletion": True,
                "allowUiUpdates": False,
                # Files change with the pod only.
                "updateIntervalSeconds": 3600,
                "options": {"path": paths.DASHBOARDS, "foldersFromFilesStructure": True},
            }
        ],
    }


def files(*, scrape_interval: Duration, loki: bool) -> dict[str, str]:
    """Return the provisioning files by name; arguments as in `data_sources`."""
    return {
        DATA_SOURCES: yaml.safe_dump(data_sources(scrape_interval=scrape_interval, loki=loki), sort_keys=False),
        PROVIDERS: yaml.safe_dump(providers(), sort_keys=False),
    }
