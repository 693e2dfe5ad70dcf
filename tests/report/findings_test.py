"""What counts as a loss, what as a weakened guard, and what as neither."""

from __future__ import annotations

import pytest

from tests.harness.previews import preview, state, step, urn

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
PATCH = "kubernetes:core/v1:PersistentVolumeClaimPatch"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
STATEFUL = "kubernetes:apps/v1:StatefulSet"
CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
TAKEN = "Objects that would be deleted although the program declares them"
WEAKENED = "Guards of data that would be weakened, and data that is gone"


@pytest.mark.parametrize("op", ["replace", "create-replacement", "delete-replaced", "import-replacement"])
def test_each_form_of_a_replacement_of_data_is_a_loss(report, op):
    said = report(prod=preview(step(op, STATEFUL, "store", reasons=("spec.serviceName",))))
    assert said.code == 1
    assert said.losses == ["prod: StatefulSet data/store would be replaced"]


@pytest.mark.parametrize("op", ["same", "read", "refresh", "remove-pending-replace"])
def test_a_step_that_touches_no_object_is_no_finding(report, op):
    said = report(prod=preview(step(op, CLAIM, "disk"), same=0))
    assert said.code == 0
    assert f"| `prod` | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | {int(op == 'same')} |" in said.out


def test_a_type_that_nobody_knows_is_judged_as_if_it_held_data(report):
    said = report(prod=preview(step("delete", "kubernetes:vendor.example/v1:Vault", "keys")))
    assert said.code == 1
    assert "at stake: unknown type: judged as if it held data" in said.out


def test_what_was_promised_to_be_kept_is_a_loss_whatever_its_kind(report):
    kept = state(CERTIFICATE, "root", retainOnDelete=True)
    said = report(prod=preview(step("delete", CERTIFICATE, "root", old=kept), step("delete", CERTIFICATE, "leaf")))
    assert said.losses == ["prod: Certificate data/root would be deleted"]
    assert "Certificate `data/leaf`" in said.section("1 deleted, without data")


def test_a_patch_that_goes_lets_go_of_fields_and_of_no_claim(report):
    kept = state(PATCH, "disk-0", retainOnDelete=True)
    said = report(prod=preview(step("delete", PATCH, "disk-0", old=kept)))
    assert said.code == 0
    assert "PersistentVolumeClaimPatch `data/disk-0`" in said.section("1 deleted, without data")


def test_a_component_is_no_object(report):
    component = state("ballast:opensearch:OpenSearchCluster", "opensearch") | {"custom": False}
    said = report(prod=preview(step("delete", "ballast:opensearch:OpenSearchCluster", "opensearch", old=component)))
    assert (said.code, said.losses) == (0, [])


def test_a_secret_that_gets_a_new_value_is_no_loss_but_one_that_moves_or_goes_is(report):
    rotated = step("replace", SECRET, "rotated", reasons=("data.password", "stringData"))
    moved = step("replace", SECRET, "moved", reasons=("data.password", "metadata.namespace"))
    silent = step("replace", SECRET, "silent")
    said = report(prod=preview(rotated, moved, silent, step("delete", SECRET, "gone")))
    assert said.losses == [
        "prod: Secret data/gone would be deleted",
        "prod: Secret data/moved would be replaced",
        "prod: Secret data/silent would be replaced",
    ]
    assert "Secret `data/rotated`" in said.section("1 replaced, without data")


def test_a_leftover_of_an_earlier_replacement_is_named_as_one(report):
    said = report(prod=preview(step("delete", CLAIM, "disk", old=state(CLAIM, "disk", delete=True))))
    assert "it is left over from an earlier replacement" in said.out


@pytest.mark.parametrize(
    ("token", "before", "after", "path"),
    [
        (CLAIM, {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}, "1Gi", "spec.resources.requests.storage"),
        (PATCH, {"spec": {"resources": {"requests": {"storage": "1Ti"}}}}, "1023Gi", "spec.resources.requests.storage"),
        ("aws:ebs/volume:Volume", {"size": 20}, 10, "size"),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"reclaimPolicy": "Retain"}, "Delete", "reclaimPolicy"),
        ("aws:s3/bucketV2:BucketV2", {"forceDestroy": False}, True, "forceDestroy"),
        ("aws:rds/instance:Instance", {"deletionProtection": True}, None, "deletionProtection"),
        (STATEFUL, {"spec": {"claims": {"whenDeleted": "Retain"}}}, "Delete", "spec.claims.whenDeleted"),
        (
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
            {"spec": {"validationActions": ["Deny"]}},
            ["Audit"],
            "spec.validationActions",
        ),
    ],
)
def test_an_update_that_takes_a_guard_away_is_named_and_the_other_way_is_plain(report, token, before, after, path):
    changed = _with(before, path, after)
    worse = step("update", token, "it", old=state(token, "it", inputs=before), new=state(token, "it", inputs=changed))
    better = step("update", token, "it", old=state(token, "it", inputs=changed), new=state(token, "it", inputs=before))
    said = report(prod=preview(worse))
    assert said.code == 0
    assert f"`{path}` " in said.section(WEAKENED)
    assert "| `prod` | 0 | 0 | 0 | 0 | 0 | 0 | 1 |" in report(prod=preview(better)).out


POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def placed(token, name, namespace="data", **flags):
    return state(
        token,
        name,
        identity=f"{namespace}/{name}",
        inputs={"metadata": {"name": name, "namespace": namespace}},
        **flags,
    )


@pytest.mark.parametrize("declares", ["create", "import", "same", "update", "create-replacement", "replace"])
@pytest.mark.parametrize("deletes", ["delete", "delete-replaced", "replace"])
@pytest.mark.parametrize("token", [POLICY, CLAIM])
def test_an_object_that_is_deleted_under_one_name_and_declared_under_another_is_refused(
    report, declares, deletes, token
):
    it = placed(token, "deny")
    said = report(
        prod=preview(
            step(declares, token, "new", old=placed(token, "elsewhere"), new=it),
            step(deletes, token, "old", old=it, new=placed(token, "third")),
        )
    )
    assert said.code == 1
    assert "no data is lost" not in said.out
    assert "1 object deleted that the program still declares" in said.out
    assert f"the same object is declared by `{urn(token, 'new')}`" in said.section(TAKEN)


def test_objects_of_another_place_kind_or_fate_are_not_the_same(report):
    it = placed(POLICY, "deny")
    made = step("create", POLICY, "new", new=it)
    for other in (
        step("delete", POLICY, "old", old=placed(POLICY, "deny", "elsewhere")),
        step("delete", POLICY, "old", old=placed(POLICY, "allow")),
        step("delete", "kubernetes:core/v1:Service", "old", old=placed("kubernetes:core/v1:Service", "deny")),
        step("delete", POLICY, "old", old=placed(POLICY, "deny", retainOnDelete=True)),
    ):
        assert said_of(report, made, other) == ""
    assert said_of(report, step("replace", POLICY, "same", old=it, new=it)) == ""


def test_a_namespace_that_is_not_named_is_the_default_one_and_another_version_is_the_same_kind(report):
    old = placed("kubernetes:policy/v1beta1:PodDisruptionBudget", "b", "default")
    new = state("kubernetes:policy/v1:PodDisruptionBudget", "b", identity="b")
    made = step("create", "kubernetes:policy/v1:PodDisruptionBudget", "new", new=new)
    assert said_of(report, made, step("delete", "kubernetes:policy/v1beta1:PodDisruptionBudget", "old", old=old))


def said_of(report, *steps):
    return report(prod=preview(*steps)).section(TAKEN)


def test_previews_of_several_stacks_are_one_report_and_losses_of_all_come_first(report):
    dev = preview(step("create", CLAIM, "new", stack="dev"))
    said = report(dev=dev, prod=preview(step("delete", CLAIM, "disk")))
    assert said.out.index("### Data that would be lost") < said.out.index("`dev`: PersistentVolumeClaim")
    assert "| `dev` | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 1 |" in said.out
    assert "| `prod` | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |" in said.out


def _with(inputs, path, value):
    first, _, rest = path.partition(".")
    return {**inputs, first: _with(inputs[first], rest, value) if rest else value}
