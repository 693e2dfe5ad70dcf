"""Networks: how a wide one is allowed, and where loopback is; what each may be is tried on every field elsewhere."""

from __future__ import annotations

import pytest

EGRESS = "egressCidrs: [10.30.32.0/24]\n    teams"
ZONES = "zones: [eu-central-1a, eu-central-1b, eu-central-1c]"
TEARDOWN = "  ballast:teardown: refuse"
ALLOWED = (
    TEARDOWN,
    "  ballast:wideNetworks: {slack: {cidr: 0.0.0.0/0, reason: Slack publishes no ranges}}\n  ballast:teardown: refuse",
)


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "128.0.0.0/1", "::/0", "10.0.0.0/7", "52.0.0.0/11", "2000::/31", "64:ff9b::/96"]
)
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
    "cidr",
    [
        "10.0.0.0/8",
        "100.64.0.0/10",
        "172.16.0.0/12",
        "52.0.0.0/12",
        "2a01::/32",
        "fd12::/48",
        "64:ff9b::a00:0/104",
        "2001:200::/32",
    ],
)
def test_a_range_that_one_party_owns_needs_none(mistakes, cidr):
    assert mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", f'"{cidr}"'))) == {}


@pytest.mark.parametrize(
    "cidrs",
    [
        ["52.0.0.0/12", "52.16.0.0/12"],
        [f"{first}.0.0.0/12" for first in range(20, 40)],
        ['"2a00::/32"', '"2a00:1::/32"'],
    ],
    ids=["neighbours", "many", "IPv6"],
)
def test_networks_that_are_wide_together_need_a_reason_as_one(mistakes, cidrs):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", ", ".join(cidrs))))
    assert list(found) == ["ballast:alertmanager.egressCidrs"]
    assert "together" in found["ballast:alertmanager.egressCidrs"].problem


@pytest.mark.parametrize(
    "cidr",
    [
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.7/32", "203.0.113.0/28"),
        *("2001:db8::/32", "2001:db8:1::/48", "3fff:1::/48", "2001::/32", "2002:a00::/32", "4000::/32", "fec0::/48"),
        *("::ffff:0:0/96", "100::/64"),
    ],
)
def test_where_nobody_has_an_address_no_way_leads(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", f'"{cidr}"')))
    assert "nothing has an address there" in found["ballast:alertmanager.egressCidrs[0]"].problem


@pytest.mark.parametrize("address", ["169.254.20.10", "10.0.0.10", "fd00::a"])
def test_a_nodes_own_cache_has_an_address_of_its_own(mistakes, address):
    assert mistakes("prod", (ZONES, f'{ZONES}\n    nodeLocalDns: "{address}"')) == {}


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",  # noqa: S104 - what is refused
            "127.0.0.53",
            "8.8.8.8",
            "192.0.2.1",
            "255.255.255.255",
            "::",
            "::1",
            "2a00::1",
            "localhost",
            "fe80::1",
        ),
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "100.100.100.200", "10.0.0.0/8"),
    ],
)
def test_no_other_address_is_that_of_a_nodes_own_cache(mistakes, address):
    found = mistakes("prod", (ZONES, f'{ZONES}\n    nodeLocalDns: "{address}"'))
    assert list(found) == ["ballast:cluster.nodeLocalDns"]


@pytest.mark.parametrize(
    ("section", "first", "key"),
    [
        ("wideNetworks", "cidr: 0.0.0.0/0, reason: Slack publishes no ranges", "two.cidr"),
        ("images", "registry: quay.io, prefix: mirror.example.com", "mirrors.two.registry"),
    ],
)
def test_two_entries_about_one_thing_are_refused(mistakes, section, first, key):
    entries = f"{{one: {{{first}}}, two: {{{first}}}}}"
    change = TEARDOWN, f"  ballast:wideNetworks: {entries}\n{TEARDOWN}"
    if section == "images":
        change = "    mirror: null\n", f"    mirrors: {entries}\n"
    assert "that of one" in mistakes("prod", change)[f"ballast:{section}.{key}"].problem


@pytest.mark.parametrize("cidr", ["192.168.0.0/15", "172.0.0.0/8", "169.254.0.0/15", "100.0.0.0/9"])
def test_a_mask_that_takes_more_than_a_private_range_is_a_mistake(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", cidr)))
    assert "its mask is a mistake" in found["ballast:alertmanager.egressCidrs[0]"].problem


@pytest.mark.parametrize("cidr", ["10.0.0.0/255.0.0.0", "10.0.0.0/08", "10.0.0.0/0.255.255.255"])
def test_a_mask_is_a_number_of_bits(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", cidr)))
    assert "number of bits" in found["ballast:alertmanager.egressCidrs[0]"].problem


def test_a_network_that_is_not_wide_needs_no_reason(mistakes):
    narrow = ALLOWED[0], ALLOWED[1].replace("0.0.0.0/0", "10.0.0.0/8")
    assert "leave the entry out" in mistakes("prod", narrow)["ballast:wideNetworks.slack.cidr"].remedy


@pytest.mark.parametrize(
    "cidr",
    [
        *("100.100.100.200/32", "168.63.129.16/32", "100.100.100.0/24", "168.63.0.0/16", "fd00:ec2::/31"),
        *("64:ff9b::a9fe:a9fe/128", "64:ff9b::a9fe:0/112"),
    ],
)
def test_where_other_clouds_nodes_ask_for_credentials_no_way_leads(mistakes, cidr):
    found = mistakes("prod", (EGRESS, EGRESS.replace("10.30.32.0/24", f'"{cidr}"')))
    assert "credentials" in found["ballast:alertmanager.egressCidrs[0]"].problem


@pytest.mark.parametrize("namespace", ["kube-system", "default", "observability", "node-agents", "databases", "qdrant"])
def test_no_way_leads_from_what_is_no_application(mistakes, namespace):
    found = mistakes("dev", ("  ballast:collector:\n", f"  ballast:collector:\n    openTo: [{namespace}]\n"))
    assert "no application" in found["ballast:collector.openTo[0]"].problem


def test_the_platforms_own_namespaces_are_those_with_its_prefix(mistakes):
    prefixed = "  ballast:collector:\n", "  ballast:collector:\n    openTo: [eu-qdrant]\n"
    assert mistakes("dev", prefixed) == {}
    prefix = "  ballast:teardown: keepData", "  ballast:teardown: keepData\n  ballast:namespacePrefix: eu-"
    found = mistakes("dev", prefixed, prefix)
    assert list(found) == ["ballast:collector.openTo[0]"]


def test_loopback_is_only_on_the_local_cluster(mistakes):
    found = mistakes("dev", ("identity: local", "identity: 00000000-0000-4000-8000-000000000003"))
    assert list(found) == ["ballast:cluster.nodeCidrs[0]", "ballast:cluster.apiServer.cidrs[0]"]
