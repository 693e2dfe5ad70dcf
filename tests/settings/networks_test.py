"""Networks: how a wide one is allowed, and where loopback is; what each may be is tried on every field elsewhere."""

from __future__ import annotations

import pytest

EGRESS = "egressCidrs: [10.30.32.0/24]\n    teams"
ALLOWED = (
    "  ballast:teardown: refuse",
    "  ballast:wideNetworks: {slack: {cidr: 0.0.0.0/0, reason: Slack publishes no ranges}}\n  ballast:teardown: refuse",
)


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "128.0.0.0/1", "::/0", "10.0.0.0/7", "52.0.0.0/11", "2000::/31"])
def test_a_wide_network_needs_a_reason(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", f'"{cidr}"')))
    assert list(found) == ["ballast:alertmanager.egressCidrs[0]"]
    assert "wideNetworks" in found["ballast:alertmanager.egressCidrs[0]"].remedy


def test_with_a_reason_it_is_accepted_and_no_other_with_it(mistakes):
    assert mistakes("prod", ALLOWED, (EGRESS, EGRESS.replace("10.30.32.0/24", "0.0.0.0/0"))) == {}
    assert list(mistakes("prod", ALLOWED, (EGRESS, EGRESS.replace("10.30.32.0/24", '"::/0"')))) == [
        "ballast:alertmanager.egressCidrs[0]"
    ]


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "52.0.0.0/12", "2001:db8::/32", "fd12::/48"]
)
def test_a_range_that_one_party_owns_needs_none(mistakes, cidr):
    assert mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", f'"{cidr}"'))) == {}


def test_loopback_is_only_on_the_local_cluster(mistakes):
    found = mistakes("dev", ("identity: local", "identity: 00000000-0000-4000-8000-000000000003"))
    assert list(found) == ["ballast:cluster.nodeCidrs[0]", "ballast:cluster.apiServer.cidrs[0]"]
