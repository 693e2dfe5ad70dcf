"""Every type that the program declares is known, and the ones that hold data are known to."""

from __future__ import annotations

import pytest

from ops.report.kinds import Holds, is_patch, kind_of
from tests.harness.declare import STACKS, real_stack
from tests.harness.recorded import DATA_BEARING


@pytest.mark.parametrize("stack", STACKS)
def test_every_type_of_a_real_stack_is_known(stack):
    # Components are no objects, and the report leaves them out.
    types = {found.type for found in real_stack(stack).resources if not found.type.startswith("ballast:")}
    assert sorted(name for name in types if kind_of(name).holds is Holds.UNKNOWN) == []


@pytest.mark.parametrize("token", sorted(DATA_BEARING))
def test_what_the_invariants_call_data_bearing_is_so_here_or_is_a_patch_of_it(token):
    assert kind_of(token.removesuffix("Patch")).holds is Holds.DATA
    assert kind_of(token).holds is (Holds.NOTHING if is_patch(token) else Holds.DATA)


@pytest.mark.parametrize("stack", STACKS)
def test_whatever_the_program_promises_to_keep_is_data_by_its_kind_or_known_here(stack):
    kept = {found.type for found in real_stack(stack).resources if found.protect or found.retain_on_delete}
    rest = {token for token in kept if kind_of(token).holds is not Holds.DATA and not is_patch(token)}
    # Rights by which a person gives up what is kept stay with it.
    rights = {f"kubernetes:rbac.authorization.k8s.io/v1:{kind}" for kind in ("ClusterRole", "RoleBinding")}
    assert rest <= {"kubernetes:cert-manager.io/v1:Certificate", *rights}


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:apps/v1beta2:StatefulSet",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        "kubernetes:core/v1:Secret",
        "kubernetes:core/v1:PersistentVolume",
        "kubernetes:storage.k8s.io/v1:StorageClass",
        "kubernetes:monitoring.coreos.com/v1:Prometheus",
        "kubernetes:monitoring.coreos.com/v1:Alertmanager",
        "kubernetes:postgresql.cnpg.io/v1:Cluster",
        "kubernetes:opensearch.opster.io/v1:OpenSearchCluster",
        "aws:s3/bucketV2:BucketV2",
        "aws:s3/bucket:Bucket",
        "aws:kms/key:Key",
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:opensearch/domain:Domain",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:secretsmanager/secret:Secret",
    ],
)
def test_stores_inside_and_outside_the_cluster_hold_data_in_any_version(token):
    assert kind_of(token).holds is Holds.DATA
    assert kind_of(token).lost


@pytest.mark.parametrize("token", ["kubernetes:vendor.example/v1:Vault", "gcp:storage/bucket:Bucket", "odd", ""])
def test_a_type_in_no_list_is_unknown_and_so_is_a_patch_of_it(token):
    assert kind_of(token).holds is Holds.UNKNOWN
    assert kind_of("kubernetes:vendor.example/v1:VaultPatch").holds is Holds.UNKNOWN
