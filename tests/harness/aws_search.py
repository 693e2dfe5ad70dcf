"""A search domain, its network and its logs, made, read, changed and ended by boto3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.harness.aws_s3 import Made, unless_gone

if TYPE_CHECKING:
    from tests.harness.aws_s3 import Clients, Inputs

_SPELLED = {"ebsEnabled": "EBSEnabled", "enforceHttps": "EnforceHTTPS", "tlsSecurityPolicy": "TLSSecurityPolicy"}
_SPELLED |= {"subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}
_OPTIONS = {
    "clusterConfig": "ClusterConfig",
    "ebsOptions": "EBSOptions",
    "vpcOptions": "VPCOptions",
    "encryptAtRest": "EncryptionAtRestOptions",
    "nodeToNodeEncryption": "NodeToNodeEncryptionOptions",
    "domainEndpointOptions": "DomainEndpointOptions",
    "advancedSecurityOptions": "AdvancedSecurityOptions",
    "offPeakWindowOptions": "OffPeakWindowOptions",
    "softwareUpdateOptions": "SoftwareUpdateOptions",
}
"""Sections, as the provider and as the service call them."""


class Domain:
    """A domain; moto starts nothing, looks for no subnet, and judges no instance type and no version."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        search = clients("opensearch")
        named = {"DomainName": inputs["domainName"], "EngineVersion": inputs["engineVersion"]}
        made = search.create_domain(**named, **_asked(inputs))["DomainStatus"]
        return Made(inputs["domainName"], {"arn": made["ARN"], "endpoint": made["Endpoints"]["vpc"]})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        with unless_gone():
            there = clients("opensearch").describe_domain(DomainName=identity)["DomainStatus"]
            asked = _asked(inputs)
            read = {name: inputs[name] for name, called in _OPTIONS.items() if _holds(there.get(called), asked[called])}
            return {**{name: value for name, value in inputs.items() if name not in _OPTIONS}, **read}
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        clients("opensearch").update_domain_config(DomainName=identity, **_asked(inputs))

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("opensearch").delete_domain(DomainName=identity)


def _asked(inputs: Inputs) -> dict[str, Any]:
    # Policies are texts, which moto does not read.
    json.loads(inputs["accessPolicies"])
    logs = {one["logType"]: one for one in inputs["logPublishingOptions"]}
    published = {
        kind: {"CloudWatchLogsLogGroupArn": one["cloudwatchLogGroupArn"], "Enabled": one["enabled"]}
        for kind, one in logs.items()
    }
    sections = {called: _spelled(inputs[name]) for name, called in _OPTIONS.items()}
    return {**sections, "AccessPolicies": inputs["accessPolicies"], "LogPublishingOptions": published}


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {_SPELLED.get(key, f"{key[0].upper()}{key[1:]}"): _spelled(inner) for key, inner in value.items()}
    return [_spelled(one) for one in value] if isinstance(value, list) else value


def _holds(there: Any, asked: Any) -> bool:
    """Whether all that was asked for is there, but for passwords, which nobody gives out."""
    if isinstance(asked, dict):
        open_to_see = {key: value for key, value in asked.items() if key != "MasterUserOptions"}
        return isinstance(there, dict) and all(_holds(there.get(key), value) for key, value in open_to_see.items())
    return there == asked


class SecurityGroup:
    """A security group, from which the way out that AWS adds is taken, as the provider does."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        ec2 = clients("ec2")
        assert inputs["egress"] == []
        made = ec2.create_security_group(
            GroupName=inputs["name"], Description=inputs["description"], VpcId=inputs["vpcId"]
        )["GroupId"]
        everything = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"][0]["IpPermissionsEgress"]
        ec2.revoke_security_group_egress(GroupId=made, IpPermissions=everything)
        return Made(made, {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        with unless_gone():
            clients("ec2").describe_security_groups(GroupIds=[identity])
            return inputs
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        """Nothing of it alone can be changed but its tags."""

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("ec2").delete_security_group(GroupId=identity)


class SecurityGroupIngressRule:
    """Who may come in."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        permission = {
            "IpProtocol": inputs["ipProtocol"],
            "FromPort": inputs["fromPort"],
            "ToPort": inputs["toPort"],
            "UserIdGroupPairs": [
                {"GroupId": inputs["referencedSecurityGroupId"], "Description": inputs["description"]}
            ],
        }
        made = clients("ec2").authorize_security_group_ingress(
            GroupId=inputs["securityGroupId"], IpPermissions=[permission]
        )
        return Made(made["SecurityGroupRules"][0]["SecurityGroupRuleId"], {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        with unless_gone():
            there = clients("ec2").describe_security_group_rules(SecurityGroupRuleIds=[identity])
            return inputs if there["SecurityGroupRules"] else None
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        """It names one group of clients: with another it is another rule, beside it."""

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        clients("ec2").revoke_security_group_ingress(GroupId=inputs["securityGroupId"], SecurityGroupRuleIds=[identity])


class LogGroup:
    """A group of logs."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        logs = clients("logs")
        logs.create_log_group(logGroupName=inputs["name"], kmsKeyId=inputs["kmsKeyId"])
        self.change(clients, inputs["name"], inputs)
        (found,) = logs.describe_log_groups(logGroupNamePrefix=inputs["name"])["logGroups"]
        return Made(inputs["name"], {"arn": found["arn"].removesuffix(":*")})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        found = clients("logs").describe_log_groups(logGroupNamePrefix=identity)["logGroups"]
        return {**inputs, "retentionInDays": found[0].get("retentionInDays")} if found else None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        clients("logs").put_retention_policy(logGroupName=identity, retentionInDays=int(inputs["retentionInDays"]))

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("logs").delete_log_group(logGroupName=identity)


class LogResourcePolicy:
    """Who may write into groups of logs."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        self.change(clients, "", inputs)
        return Made(inputs["policyName"], {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        found = {
            one["policyName"]: one["policyDocument"]
            for one in clients("logs").describe_resource_policies()["resourcePolicies"]
        }
        return {**inputs, "policyDocument": found[identity]} if identity in found else None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("logs").put_resource_policy(policyName=inputs["policyName"], policyDocument=inputs["policyDocument"])

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("logs").delete_resource_policy(policyName=identity)
