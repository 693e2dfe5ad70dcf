"""A domain of AWS in place of OpenSearch's nodes: declared, carried out, reached and configured like a cluster."""

from __future__ import annotations

import json
import ssl

import pytest

from ops.report.kinds import Holds, kind_of
from tests.cloud.declared_test import closure
from tests.harness.aws_server import Account
from tests.harness.iam import Request, allowed
from tests.harness.linted import unwaived
from tests.harness.made_buckets import ACCOUNT
from tests.harness.managed_search import CLIENTS, DOMAIN, NETWORK, SUBNETS, in_a_network
from tests.harness.s3_server import serving

ARN = f"arn:aws:es:eu-central-1:{ACCOUNT}:domain/{DOMAIN}"
URL = f"https://vpc-{DOMAIN}.eu-central-1.es.amazonaws.com:443"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/opensearch"
BUCKET = "acme-prod-opensearch-snapshots"
CLIENT_PODS = ("opensearch-console", "opensearch-metrics-exporter", "data-prepper")
LOGS = ("audit-logs", "es-application-logs", "index-slow-logs", "search-slow-logs")


def domain(recording):
    return recording.one("Domain", "opensearch").inputs


def test_a_domain_stands_in_its_subnets_encrypted_and_tells_what_it_does(with_domain):
    found = domain(with_domain)
    assert (found["domainName"], found["engineVersion"]) == (DOMAIN, "OpenSearch_3.3")
    assert found["clusterConfig"] == {
        "dedicatedMasterEnabled": True,
        "dedicatedMasterCount": 3,
        "dedicatedMasterType": "m7g.large.search",
        "instanceCount": 3,
        "instanceType": "r7g.large.search",
        "zoneAwarenessEnabled": True,
        "zoneAwarenessConfig": {"availabilityZoneCount": 3},
    }
    assert found["ebsOptions"] == {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 100}
    assert found["vpcOptions"] == {"subnetIds": list(SUBNETS), "securityGroupIds": ["opensearch-id"]}
    assert found["encryptAtRest"] == {"enabled": True, "kmsKeyId": KEY}
    assert found["nodeToNodeEncryption"] == {"enabled": True}
    assert found["domainEndpointOptions"] == {
        "enforceHttps": True,
        "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    }
    security = found["advancedSecurityOptions"]
    assert (security["enabled"], security["anonymousAuthEnabled"]) == (True, False)
    assert security["internalUserDatabaseEnabled"] is True
    assert security["masterUserOptions"]["masterUserName"] == "admin"
    window = {"windowStartTime": {"hours": 2, "minutes": 0}}
    assert found["offPeakWindowOptions"] == {"enabled": True, "offPeakWindow": window}
    assert found["softwareUpdateOptions"] == {"autoSoftwareUpdateEnabled": False}
    published = {one["logType"]: one for one in found["logPublishingOptions"]}
    assert {kind.lower().replace("_", "-") for kind in published} == set(LOGS)
    assert all(one["enabled"] for one in published.values())
    secret = with_domain.one("Domain", "opensearch").secret_paths
    assert any("advancedSecurityOptions.masterUserOptions.masterUserPassword".startswith(path) for path in secret)


def test_what_holds_data_and_what_guards_it_is_kept(with_domain):
    kept = [with_domain.one(kind, "opensearch") for kind in ("Domain", "Key", "SecurityGroup")]
    groups = [one for one in with_domain.of_kind("LogGroup") if one.name.startswith("opensearch-")]
    assert {one.inputs["name"] for one in groups} == {f"/ballast/{DOMAIN}/{kind}" for kind in LOGS}
    assert {(one.inputs["retentionInDays"], one.inputs["kmsKeyId"]) for one in groups} == {(90, KEY)}
    assert all(one.protect and one.retain_on_delete for one in (*kept, *groups))
    roles = [one for one in with_domain.of_kind("Role") if one.type.startswith("aws:")]
    own = {one.inputs["name"]: one for one in roles if "opensearch" in one.name}
    assert own.keys() == {BUCKET, f"{DOMAIN}-configure"}
    assert {one.inputs["permissionsBoundary"] for one in own.values()} == {f"arn:aws:iam::{ACCOUNT}:policy/platform"}
    assert all(one.protect for one in own.values())


def test_the_report_of_previews_knows_every_kind_of_it(with_domain):
    made = {one.type for one in with_domain.resources if one.type.startswith("aws:")}
    assert len(made) > len(("Domain", "Key", "SecurityGroup", "LogGroup"))
    assert {token for token in made if kind_of(token).holds is Holds.UNKNOWN} == set()
    kept = {one.type for one in with_domain.resources if one.type in made and one.retain_on_delete}
    nothing = {token.rpartition(":")[2] for token in kept if kind_of(token).holds is Holds.NOTHING}
    assert nothing == {"BucketLifecycleConfiguration"}


def test_only_pods_of_the_cluster_come_in_and_nothing_goes_out(with_domain):
    group = with_domain.one("SecurityGroup", "opensearch").inputs
    assert group["egress"] == []
    assert "ingress" not in group
    (rule,) = with_domain.of_kind("SecurityGroupIngressRule")
    assert (
        rule.inputs.items()
        >= {
            "securityGroupId": "opensearch-id",
            "referencedSecurityGroupId": CLIENTS,
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
        }.items()
    )


def test_its_clients_alone_may_go_there(with_domain):
    going = {
        policy.object_name: [rule["ports"] for rule in policy.inputs["spec"]["egress"] if _leads_there(rule)]
        for policy in with_domain.of_kind("NetworkPolicy")
        if any(_leads_there(rule) for rule in policy.inputs["spec"].get("egress", []))
    }
    clients = {*CLIENT_PODS, "opensearch-admin-jobs", "opensearch-configure-job"}
    assert going == {f"{name}-egress": [[{"protocol": "TCP", "port": 443}]] for name in clients}


def _leads_there(rule):
    return {"ipBlock": {"cidr": NETWORK}} in rule["to"]


def test_no_node_of_ours_is_left_and_clients_differ_from_those_of_a_cluster_by_address_and_trust_alone(
    with_domain, irsa
):
    assert not [one for one in with_domain.of_kind("StatefulSet") if one.namespace == "opensearch"]
    for name in CLIENT_PODS:
        ours, theirs = (json.dumps(_pod(recording, name)) for recording in (irsa, with_domain))
        image = "opensearchproject/opensearch-dashboards:"
        told = ours.replace("https://opensearch.opensearch.svc:9200", URL).replace(f"{image}3.8.0", f"{image}3.3.0")
        assert told.replace('"opensearch-http"', '"opensearch-trusted-made"') == theirs
    (trusted,) = [one for one in with_domain.of_kind("Secret") if one.name == "opensearch-trusted"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=trusted.inputs["stringData"]["ca.crt"])
    names = [one["subject"][-1][0] for one in context.get_ca_certs()]
    assert {("commonName", f"Amazon Root CA {number}") for number in (1, 2, 3, 4)} < set(names)
    written = [json.dumps(one.inputs) for one in with_domain.resources if one.type.startswith("kubernetes:")]
    assert sum(URL in text for text in written) == len(("console", "exporter", "data-prepper", *JOBS))


JOBS = ("opensearch-jobs-configure", "opensearch-snapshots", "opensearch-restore")


def _pod(recording, name):
    return recording.one("Deployment", name).inputs["spec"]["template"]["spec"]


def told(recording, job):
    return json.loads(recording.one("ConfigMap", f"{job}-config").inputs["data"]["config.json"])


def test_it_is_configured_like_a_cluster_but_for_what_aws_sees_to(with_domain, irsa):
    ours, theirs = (told(recording, "opensearch-jobs-configure") for recording in (irsa, with_domain))
    same = ("indexTemplates", "ismPolicies", "snapshotPolicies", "roles", "policyOwner", "deadlineSeconds")
    assert {key: theirs[key] for key in same} == {key: ours[key] for key in same}
    assert theirs["users"] == {name: user for name, user in ours["users"].items() if name != "admin"}
    registrar = f"arn:aws:iam::{ACCOUNT}:role/{DOMAIN}-configure"
    mapped = {role: one for role, one in ours["roleMappings"].items() if role != "all_access"}
    mapped |= {"manage_snapshots": {"users": [], "backend_roles": [registrar]}}
    assert theirs["roleMappings"] == mapped
    assert theirs["clusterSettings"] == {"cluster.max_shards_per_node": 200}
    assert theirs["repositories"]["snapshots"] == {
        "type": "s3",
        "settings": {
            "bucket": BUCKET,
            "base_path": "opensearch",
            "region": "eu-central-1",
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/{BUCKET}",
        },
    }
    assert (theirs["nodes"], theirs["signingRegion"], theirs["pluginCopiesFollow"]) == (6, "eu-central-1", False)


def test_its_jobs_log_in_as_the_administrator_and_the_one_that_registers_has_a_role(with_domain):
    jobs = {one.object_name: one for one in with_domain.workloads if one.object_name in JOBS}
    assert jobs.keys() == set(JOBS)
    for name, job in jobs.items():
        assert told(with_domain, name)["administrator"] == "admin"
        sources = [source for volume in job.pod["volumes"] for source in volume.get("projected", {}).get("sources", [])]
        passwords = [source["secret"] for source in sources if source.get("secret", {}).get("items")]
        assert "admin" in {item["path"] for one in passwords for item in one["items"]}, name
        awaited = {one.urn for one in with_domain.resources if one.kind in ("RolePolicy", "Domain")}
        assert {urn for urn in awaited if "opensearch" in urn.rsplit("::", 1)[1]} <= set(closure(with_domain, job))
    environment = {one["name"]: one.get("value") for one in jobs[JOBS[0]].pod["containers"][0]["env"]}
    assert environment["AWS_ROLE_ARN"] == f"arn:aws:iam::{ACCOUNT}:role/{DOMAIN}-configure"
    assert "AWS_ROLE_ARN" not in str(jobs[JOBS[1]].pod)


def policy(recording, kind, name, field):
    (one,) = [one for one in recording.of_kind(kind) if one.name == name and one.type.startswith("aws:")]
    return json.loads(one.inputs[field])


SNAPSHOTS = f"arn:aws:iam::{ACCOUNT}:role/{BUCKET}"
SOURCE = {"aws:SourceArn": ARN, "aws:SourceAccount": ACCOUNT}
HANDED = {"iam:PassedToService": "es.amazonaws.com"}
SERVICE = ("Service", "es.amazonaws.com")
GROUP = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/ballast/{DOMAIN}/audit-logs"
OTHER = {**SOURCE, "aws:SourceArn": f"{ARN}-2"}
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
CLOUDWATCH = ("Service", "logs.eu-central-1.amazonaws.com")
REQUESTS = {
    "the domain takes on its role": (
        ("Role", "opensearch-snapshots", "assumeRolePolicy"),
        [Request("sts:AssumeRole", "", SERVICE, SOURCE)],
        [
            Request("sts:AssumeRole", "", SERVICE, OTHER),
            Request("sts:AssumeRole", "", SERVICE, {**SOURCE, "aws:SourceAccount": "444455556666"}),
            Request("sts:AssumeRole", "", ("Service", "ec2.amazonaws.com"), SOURCE),
        ],
    ),
    "the job registers its repository and hands over its role": (
        ("RolePolicy", "opensearch-jobs-configure", "policy"),
        [
            Request("es:ESHttpPut", f"{ARN}/_snapshot/snapshots"),
            Request("iam:PassRole", SNAPSHOTS, None, HANDED),
        ],
        [
            Request("es:ESHttpPut", f"{ARN}/_snapshot/others"),
            Request("es:ESHttpDelete", f"{ARN}/_snapshot/snapshots"),
            Request("iam:PassRole", f"{SNAPSHOTS}-2", None, HANDED),
            Request("iam:PassRole", SNAPSHOTS, None, {"iam:PassedToService": "ec2.amazonaws.com"}),
        ],
    ),
    "the domain writes its logs": (
        ("LogResourcePolicy", "opensearch", "policyDocument"),
        [Request("logs:PutLogEvents", f"{GROUP}:log-stream:a", SERVICE, SOURCE)],
        [
            Request("logs:PutLogEvents", f"{GROUP}:log-stream:a", SERVICE, OTHER),
            Request("logs:DeleteLogGroup", GROUP, SERVICE, SOURCE),
            Request("logs:PutLogEvents", f"{GROUP.replace(DOMAIN, 'other')}:log-stream:a", SERVICE, SOURCE),
        ],
    ),
    "CloudWatch encrypts its logs": (
        ("Key", "opensearch", "policy"),
        [Request("kms:Encrypt", KEY, CLOUDWATCH, {CONTEXT: GROUP})],
        [
            Request("kms:Encrypt", KEY, CLOUDWATCH, {CONTEXT: GROUP.replace(DOMAIN, "other")}),
            Request("kms:Encrypt", KEY, CLOUDWATCH),
            Request("kms:ScheduleKeyDeletion", KEY, CLOUDWATCH, {CONTEXT: GROUP}),
        ],
    ),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_each_may_do_what_it_is_for_and_nothing_else(case, with_domain):
    where, granted, refused = REQUESTS[case]
    document = policy(with_domain, *where)
    assert [request for request in granted if not allowed(request, document)] == []
    assert [request for request in refused if allowed(request, document)] == []


def test_the_linter_finds_nothing(with_domain):
    fields = ("accessPolicies", "assumeRolePolicy", "policy", "policyDocument")
    found = {
        (one.kind, one.name): unwaived(
            "trust" if field == "assumeRolePolicy" else one.kind, json.loads(one.inputs[field])
        )
        for one in with_domain.resources
        for field in fields
        if one.type.startswith("aws:") and field in one.inputs and one.name.startswith("opensearch")
    }
    assert {where: issues for where, issues in found.items() if issues} == {}
    assert len(found) == len(
        ("bucket", "its key", "its role", "its rights", "domain", "key", "logs", "job", "its rights")
    )


@pytest.fixture(scope="module")
def account():
    with serving() as endpoint:
        empty = Account(endpoint)
        yield empty
        empty.reset()


def test_aws_takes_all_of_it_and_says_the_same(with_domain, account):
    _, client = in_a_network(account)
    account.carry_out(one for one in with_domain.resources if one.name.startswith("opensearch"))
    there = account.client("opensearch").describe_domain(DomainName=DOMAIN)["DomainStatus"]
    assert (there["ARN"], there["EngineVersion"]) == (ARN, "OpenSearch_3.3")
    assert there["EncryptionAtRestOptions"] == {"Enabled": True, "KmsKeyId": account.arns[KEY]}
    assert there["VPCOptions"]["SubnetIds"] == list(SUBNETS)
    (group,) = there["VPCOptions"]["SecurityGroupIds"]
    (security,) = account.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert security["IpPermissionsEgress"] == []
    (rule,) = security["IpPermissions"]
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [client]
    assert rule["IpRanges"] == []
    logs = account.client("logs")
    groups = {one["arn"].removesuffix(":*"): one for one in logs.describe_log_groups()["logGroups"]}
    assert {one["retentionInDays"] for one in groups.values()} == {90}
    published = there["LogPublishingOptions"]
    assert {one["CloudWatchLogsLogGroupArn"] for one in published.values()} == groups.keys()
    (policies,) = logs.describe_resource_policies()["resourcePolicies"]
    assert ARN in policies["policyDocument"]
