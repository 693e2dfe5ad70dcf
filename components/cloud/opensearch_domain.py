"""A domain of Amazon OpenSearch Service: what AWS runs in place of nodes in the cluster."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_aws.cloudwatch import LogGroup, LogResourcePolicy
from pulumi_aws.ec2 import SecurityGroup
from pulumi_aws.opensearch import Domain
from pulumi_aws.vpc import SecurityGroupIngressRule

from components.cloud.keys import data_key
from components.cloud.opensearch_policies import domain_access, log_encryption, log_writing
from components.settings.limit import DAY, GI
from components.settings.texts import numbers
from components.stores.opensearch.managed_settings import PORT

if TYPE_CHECKING:
    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection
    from components.stores.opensearch.managed_settings import ManagedSettings

LOGS = ("AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")
"""Everything that a domain can tell."""


@dataclass(frozen=True, kw_only=True)
class SearchDomainArgs:
    """What a domain is.

    Attributes:
        settings: its network and its sizes.
        version: of OpenSearch; AWS chooses its patches itself.
        aws: the account and region.
        user: the administrator's name.
        password: of the administrator, who makes all other users.
        protection: how it is kept.
    """

    settings: ManagedSettings
    version: str
    aws: AwsSettings
    user: str
    password: Output[str]
    protection: DataProtection


class SearchDomain(ComponentResource):
    """A domain in private subnets, encrypted with a key of its own, which tells CloudWatch what it does.

    AWS itself takes a snapshot of it every hour and keeps it for two weeks; nobody can ask for another time.
    """

    url: Output[str]

    def __init__(self, name: str, args: SearchDomainArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:SearchDomain", name, None, opts)
        aws, domain = args.aws, args.settings.name
        self._kept = kept = args.protection.retain(ResourceOptions(parent=self))
        self._arn = aws.domain_arn(domain)
        groups = f"arn:{aws.partition}:logs:{aws.region}:{aws.account}:log-group:/ballast/{domain}/*"
        logs = log_encryption(groups=groups, service=aws.host("logs"))
        key = data_key(name, f"Indexes and logs of the domain {domain}", logs, aws=aws, kept=kept)
        published = self._logs(name, args, groups, key.arn)
        made = self._domain(name, args, key.arn, published)
        self.url = Output.concat("https://", made.endpoint, f":{PORT}")
        self.register_outputs({"url": self.url})

    def _domain(self, name: str, args: SearchDomainArgs, key: Output[str], published: list[Any]) -> Domain:
        return Domain(
            name,
            domain_name=args.settings.name,
            engine_version="OpenSearch_{}.{}".format(*numbers(args.version)),
            access_policies=json.dumps(domain_access(self._arn)),
            cluster_config=_nodes(args.settings),
            ebs_options={
                "ebs_enabled": True,
                "volume_type": "gp3",
                "volume_size": math.ceil(args.settings.data.disk / GI),
            },
            vpc_options={"subnet_ids": args.settings.subnets, "security_group_ids": [self._security_group(name, args)]},
            encrypt_at_rest={"enabled": True, "kms_key_id": key},
            node_to_node_encryption={"enabled": True},
            domain_endpoint_options={
                "enforce_https": True,
                "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10",
            },
            advanced_security_options={
                "enabled": True,
                "anonymous_auth_enabled": False,
                "internal_user_database_enabled": True,
                "master_user_options": {
                    "master_user_name": args.user,
                    "master_user_password": Output.secret(args.password),
                },
            },
            log_publishing_options=published,
            off_peak_window_options={
                "enabled": True,
                "off_peak_window": {"window_start_time": _time(args.settings.off_peak)},
            },
            # Nodes restart when somebody asked for it, not when AWS has new software.
            software_update_options={"auto_software_update_enabled": False},
            opts=self._kept,
        )

    def _security_group(self, name: str, args: SearchDomainArgs) -> Output[str]:
        settings = args.settings
        group = SecurityGroup(
            name,
            name=settings.name,
            description=f"The domain {settings.name}: clients on {PORT}, and no way out",
            vpc_id=settings.vpc,
            egress=[],
            opts=self._kept,
        )
        for client in settings.clients:
            SecurityGroupIngressRule(
                f"{name}-{client}",
                security_group_id=group.id,
                referenced_security_group_id=client,
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                description=f"Pods of {client}",
                opts=ResourceOptions(parent=self),
            )
        return group.id

    def _logs(self, name: str, args: SearchDomainArgs, groups: str, key: Output[str]) -> list[Any]:
        settings, aws = args.settings, args.aws
        allowed = LogResourcePolicy(
            name,
            policy_name=settings.name,
            policy_document=json.dumps(log_writing(groups=groups, domain=self._arn, account=aws.account)),
            opts=ResourceOptions(parent=self),
        )
        published = []
        for kind in LOGS:
            group = LogGroup(
                f"{name}-{kind.lower().replace('_', '-')}",
                name=f"/ballast/{settings.name}/{kind.lower().replace('_', '-')}",
                retention_in_days=int(settings.logs_kept / DAY),
                kms_key_id=key,
                opts=ResourceOptions.merge(self._kept, ResourceOptions(depends_on=[allowed])),
            )
            published.append({"log_type": kind, "cloudwatch_log_group_arn": group.arn, "enabled": True})
        return published


def _nodes(settings: ManagedSettings) -> Any:  # noqa: ANN401 - as the SDK takes it
    zones = len(settings.subnets)
    # AWS calls it zone awareness from two zones on.
    spread = {"zone_awareness_config": {"availability_zone_count": zones}} if zones > 1 else {}
    return {
        "dedicated_master_enabled": True,
        "dedicated_master_count": settings.managers.nodes,
        "dedicated_master_type": settings.managers.type,
        "instance_count": settings.data.nodes,
        "instance_type": settings.data.type,
        "zone_awareness_enabled": zones > 1,
        **spread,
    }


def _time(text: str) -> Any:  # noqa: ANN401 - as the SDK takes it
    hours, minutes = map(int, text.split(":"))
    return {"hours": hours, "minutes": minutes}
