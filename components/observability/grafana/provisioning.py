"""Files from which Grafana takes its data sources and dashboards; people can't change either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from components.observability.grafana import paths

if TYPE_CHECKING:
    from components.observability.grafana.datasources import DataSources

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


def files(sources: DataSources) -> dict[str, str]:
    """Return the provisioning files by name."""
    return {
        DATA_SOURCES: yaml.safe_dump(sources.file(), sort_keys=False),
        PROVIDERS: yaml.safe_dump(providers(), sort_keys=False),
    }
