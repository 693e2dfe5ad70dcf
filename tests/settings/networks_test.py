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


@pytest.mark.parametrize(
    "cidrs",
    [
        ["52.0.0.0/12", "52.16.0.0/12"],
        [f"{first}.0.0.0/12" for first in range(20, 40)],
        ['"2001:db8::/32"', '"2001:db9::/32"'],
    ],
    ids=["neighbours", "many", "IPv6"],
)
def test_networks_that_are_wide_together_need_a_reason_as_one(mistakes, cidrs):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", ", ".join(cidrs))))
    assert list(found) == ["ballast:alertmanager.egressCidrs"]
    assert "together" in found["ballast:alertmanager.egressCidrs"].problem


@pytest.mark.parametrize("cidr", ["100.100.100.200/32", "168.63.129.16/32"])
def test_where_other_clouds_nodes_ask_for_credentials_no_way_leads(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", cidr)))
    assert "credentials" in found["ballast:alertmanager.egressCidrs[0]"].problem


def test_nothing_is_opened_to_the_clusters_own_namespaces(mistakes):
    found = mistakes("dev", ("  ballast:collector:\n", "  ballast:collector:\n    openTo: [kube-system]\n"))
    assert "no application" in found["ballast:collector.openTo[0]"].problem


def test_loopback_is_only_on_the_local_cluster(mistakes):
    found = mistakes("dev", ("identity: local", "identity: 00000000-0000-4000-8000-000000000003"))
    assert list(found) == ["ballast:cluster.nodeCidrs[0]", "ballast:cluster.apiServer.cidrs[0]"]
