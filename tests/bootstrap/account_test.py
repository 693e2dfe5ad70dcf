"""What the bootstrap declares: nothing of it can be lost unnoticed, and nothing goes to an ambient account."""

from __future__ import annotations

import yaml

from ops.report.kinds import Holds, kind_of
from tests.harness.account import EXAMPLE, declared_account
from tests.harness.declare import PROJECT


def one(kind, name="prod-states"):
    return declared_account().one(kind, name).inputs


def test_states_are_versioned_encrypted_and_closed():
    assert one("BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = one("BucketServerSideEncryptionConfiguration")["rules"]
    key = "arn:aws:kms:eu-central-1:111122223333:key/prod-key"
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}
    closed = one("BucketPublicAccessBlock")
    assert [value for name, value in closed.items() if name != "bucket"] == [True] * 4
    assert one("BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert not one("Bucket").get("forceDestroy")


def test_no_current_state_ends_and_earlier_versions_stay_longer_than_the_page_promises():
    (rule,) = one("BucketLifecycleConfiguration")["rules"]
    assert "expiration" not in rule
    assert rule["noncurrentVersionExpiration"]["noncurrentDays"] >= 90


def test_a_key_turns_and_waits_thirty_days_before_it_goes():
    key = one("Key", "prod-key")
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert [alias.inputs["name"] for alias in declared_account().of_kind("Alias")] == ["alias/ballast-prod"]


def test_what_holds_or_guards_data_is_protected_and_stays():
    kinds = {found.name: kind_of(found.type).holds for found in declared_account().resources}
    assert Holds.UNKNOWN not in {
        kind_of(found.type).holds for found in declared_account().resources if found.type.startswith("aws:")
    }, kinds
    for found in declared_account().resources:
        if found.type.startswith("aws:") and kind_of(found.type).holds is Holds.DATA:
            assert (found.protect, found.retain_on_delete) == (True, True), found.urn


def test_a_session_lasts_an_hour_and_that_of_an_update_four():
    seconds = {role.name: role.inputs["maxSessionDuration"] for role in declared_account().of_kind("Role")}
    assert seconds == {"prod-preview": 3600, "prod-plan": 3600, "prod-apply": 14400}


def test_everything_goes_to_the_named_account_and_nothing_to_an_ambient_one():
    resources = declared_account().resources
    (provider,) = [found for found in resources if found.type == "pulumi:providers:aws"]
    assert "111122223333" in str(provider.inputs["allowedAccountIds"])
    made = [found for found in resources if found.type.startswith("aws:")]
    assert made
    assert {found.provider.rpartition("::")[0] for found in made} == {provider.urn}
    config = yaml.safe_load(EXAMPLE.read_text())["config"]
    assert config["pulumi:disable-default-providers"] == ["aws"]


def test_the_page_names_what_the_program_tells():
    page = (PROJECT / "docs" / "delivery.md").read_text(encoding="utf-8")
    aliases = [found.inputs["name"] for found in declared_account().of_kind("Alias")]
    roles = [found.inputs["name"] for found in declared_account().of_kind("Role")]
    for name in (*aliases, *roles, "Pulumi.example.yaml"):
        assert name.replace("prod", "staging") in page or name in page, name
