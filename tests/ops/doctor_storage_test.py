"""What `doctor` says of a storage class that the platform is to make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.settings.cluster import MadeStorageClassSettings, StorageClassSettings
from ops.doctor.declared import DeclaredObject
from ops.doctor.finding import Verdict
from ops.doctor.storage import check_attachments, check_storage_class
from tests.harness.declare import stack_settings
from tests.ops.doctor_test import context

MADE = StorageClassSettings(
    name="gp3-retain", made=MadeStorageClassSettings(driverRole="arn:aws:iam::111122223333:role/volumes")
)
RIGHT = {
    "provisioner": "ebs.csi.aws.com",
    "parameters": {"type": "gp3", "encrypted": "true"},
    "reclaimPolicy": "Retain",
    "allowVolumeExpansion": True,
    "volumeBindingMode": "WaitForFirstConsumer",
}
MISSING = "Error from server (NotFound): not found\n"


def class_to_be_made(kubectl, found, driver):
    for kind, document in (("storageclass", found), ("csidriver", driver)):
        said = {"document": document} if document else {"error": MISSING, "code": 1}
        kubectl.answers(kind, "gp3-retain" if kind == "storageclass" else "ebs.csi.aws.com", **said)
    settings = stack_settings("prod")
    cluster = settings.cluster.model_copy(update={"storage_class": MADE})
    return replace(context(kubectl), settings=settings.model_copy(update={"cluster": cluster}))


@pytest.mark.parametrize(
    ("found", "driver", "wrong"),
    [
        (None, {}, ["a driver that the cluster lacks"]),
        (None, {"metadata": {}}, []),
        (RIGHT, {"metadata": {}}, []),
        (RIGHT | {"parameters": {"type": "gp3"}}, {"metadata": {}}, ["makes other volumes than what is declared"]),
        (RIGHT | {"provisioner": "kwok"}, {"metadata": {}}, ["makes other volumes than what is declared"]),
        (RIGHT | {"reclaimPolicy": "Delete"}, {"metadata": {}}, ["a volume would be deleted with its claim"]),
    ],
)
def test_a_storage_class_that_is_to_be_made_needs_its_driver_and_no_other_in_its_place(kubectl, found, driver, wrong):
    findings = list(check_storage_class(class_to_be_made(kubectl, found, driver)))
    said = [finding.line for finding in findings if finding.verdict is Verdict.WRONG]
    assert len(said) == len(wrong), said
    assert all(words in line for words, line in zip(wrong, said, strict=True))
    assert wrong or [finding.verdict for finding in findings] == [Verdict.GOOD]


def test_volumes_of_a_class_that_is_to_be_made_are_counted_by_its_driver(kubectl):
    driver = {"name": "ebs.csi.aws.com", "allocatable": {"count": 0}}
    kubectl.answers("csinodes", document={"items": [{"spec": {"drivers": [driver]}}]})
    asked = class_to_be_made(kubectl, None, {"metadata": {}})
    claim = DeclaredObject(
        version="v1",
        kind="PersistentVolumeClaim",
        namespace="a",
        name="a",
        body={"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
    )
    findings = list(check_attachments(replace(asked, declared=(claim,))))
    assert [finding.verdict for finding in findings] == [Verdict.WRONG, Verdict.UNKNOWN]
