"""Files of a node: opensearch.yml, the security plugin's starting state, and the two scripts around the start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components.credentials.certificates import distinguished_name
from components.stores.opensearch.settings import NodeRole
from components.stores.opensearch.sizing import node_limits
from components.stores.opensearch.users import CONSOLE_USER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.stores.opensearch.settings import NodePoolSettings

HTTP_PORT = 9200
TRANSPORT_PORT = 9300
NODE_NAME = "opensearch-node"
ADMIN_NAME = "opensearch-admin"

_SECURITY_FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "action_groups.yml": ("actiongroups", {}),
    "allowlist.yml": ("allowlist", {"config": {"enabled": False, "requests": {}}}),
    # Who did it and to what; what was in the request may be anybody's data.
    "audit.yml": ("audit", {"config": {"enabled": True, "audit": {"log_request_body": False}}}),
    "config.yml": (
        "config",
        {
            "config": {
                "dynamic": {
                    "http": {"anonymous_auth_enabled": False},
                    "kibana": {"server_username": CONSOLE_USER},
                    "authc": {
                        "internal": {
                            "http_enabled": True,
                            "order": 0,
                            "http_authenticator": {"type": "basic", "challenge": True},
                            "authentication_backend": {"type": "internal"},
                        }
                    },
                }
            }
        },
    ),
    "internal_users.yml": ("internalusers", {}),
    "nodes_dn.yml": ("nodesdn", {}),
    "roles.yml": ("roles", {}),
    "roles_mapping.yml": ("rolesmapping", {}),
    "tenants.yml": ("tenants", {}),
}


def node_configuration(
    cluster: str,
    pool: NodePoolSettings,
    *,
    seeds: str,
    zones: Sequence[str],
    memory_maps_raised: bool,
    repository: Mapping[str, Any],
) -> str:
    """Return opensearch.yml for the nodes of one pool.

    Args:
        cluster: the cluster's name.
        pool: roles and sizes.
        seeds: the name that resolves to all cluster managers, ready or not.
        zones: the zones that hold data.
        memory_maps_raised: whether the Kubernetes nodes have `vm.max_map_count` at 262144 or more; without it an
            index must be read without memory maps, slower.
        repository: lines that the snapshot repository needs.
    """
    settings: dict[str, Any] = {
        "cluster.name": cluster,
        "node.name": "${HOSTNAME}",
        # A node without any role takes requests only.
        "node.roles": [role.value for role in pool.roles if role is not NodeRole.COORDINATING],
        "node.attr.zone": "${BALLAST_ZONE}",
        "node.store.allow_mmap": memory_maps_raised,
        # For Java every address of both families; the network policies are the fence.
        "network.host": "0.0.0.0",  # noqa: S104 - inside a pod
        "network.publish_host": "${POD_IP}",
        "http.port": HTTP_PORT,
        "transport.port": TRANSPORT_PORT,
        "discovery.seed_hosts": [seeds],
        "path.data": "/usr/share/opensearch/data",
        "path.logs": "/usr/share/opensearch/logs",
        "cluster.routing.allocation.awareness.attributes": "zone",
        **node_limits(pool),
        **repository,
        **_security(),
    }
    if len(zones) > 1:
        # Forced: when a zone is lost its copies wait for it, instead of filling the disks of the zones that are left.
        settings["cluster.routing.allocation.awareness.force.zone.values"] = list(zones)
    return yaml.safe_dump(settings, sort_keys=False)


def _security() -> dict[str, Any]:
    lines: dict[str, Any] = {
        "plugins.security.allow_default_init_securityindex": True,
        "plugins.security.nodes_dn": [distinguished_name(NODE_NAME)],
        "plugins.security.authcz.admin_dn": [distinguished_name(ADMIN_NAME)],
        "plugins.security.ssl.http.enabled": True,
        "plugins.security.ssl.http.clientauth_mode": "OPTIONAL",
        # Members find each other by address and addresses change; who may join is decided by nodes_dn.
        "transport.ssl.enforce_hostname_verification": False,
        "plugins.security.ssl.certificates_hot_reload.enabled": True,
        "plugins.security.restapi.roles_enabled": ["all_access"],
        "plugins.security.check_snapshot_restore_write_privileges": True,
        "plugins.security.system_indices.enabled": True,
        # Into the node's own log, which is collected and kept like any other; without a type nothing is written.
        "plugins.security.audit.type": "log4j",
        "plugins.security.audit.config.log4j.logger_name": "audit",
        "plugins.security.audit.config.log4j.level": "INFO",
    }
    for layer in ("transport", "http"):
        lines |= {
            f"plugins.security.ssl.{layer}.pemcert_filepath": f"tls/{layer}/tls.crt",
            f"plugins.security.ssl.{layer}.pemkey_filepath": f"tls/{layer}/tls.key",
            f"plugins.security.ssl.{layer}.pemtrustedcas_filepath": f"tls/{layer}/ca.crt",
        }
    return lines


def security_files() -> dict[str, str]:
    """Return the security plugin's starting state: nobody and nothing, so that no demo user can ever exist.

    The files replace those of the image and are loaded once, into an empty security index. Users and roles are made
    by the configure job over the admin certificate.
    """
    return {
        name: yaml.safe_dump({"_meta": {"type": kind, "config_version": 2}, **content}, sort_keys=False)
        for name, (kind, content) in _SECURITY_FILES.items()
    }


def scripts() -> dict[str, str]:
    """Return the scripts that lay out the configuration folder and start the node."""
    folder = Path(__file__).parent / "scripts"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sh"))}
