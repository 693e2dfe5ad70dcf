"""Networks in CIDR form: what one may be, and how a wide one is allowed with a reason."""

import ipaddress
from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator

from components.settings.base import Settings, refuse
from components.settings.markers import Bound
from components.settings.matching import Matching
from components.settings.shown import shown

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: The largest range of private addresses (RFC 1918) and the largest that a provider of IPv6 hands out (RFC 6177).
_WIDEST = {4: 8, 6: 32}
#: No cloud publishes a larger range of public addresses for one service.
_WIDEST_PUBLIC = 12
#: Where a node asks for its own credentials, of AWS, Alibaba and Azure; the link-local range of IPv4 holds the others.
_METADATA = tuple(map(ipaddress.ip_network, ("fd00:ec2::/32", "100.100.100.200/32", "168.63.129.16/32")))
#: The same within the link-local range: of nodes, of tasks and of pods (AWS, Google and Azure share the first).
_CREDENTIALS = tuple(map(ipaddress.ip_network, ("169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32")))
#: For documentation, benchmarks and protocols (IANA's registries of special-purpose addresses): nobody has one there.
_NOBODYS = tuple(
    map(
        ipaddress.ip_network,
        (
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("2001:db8::/32", "3fff::/20", "2001::/23", "2002::/16"),
        ),
    )
)
#: All that is routed of IPv6: global, of one's own, and what stands for IPv4 (RFC 6052, RFC 8215); and loopback.
_ROUTED = tuple(map(ipaddress.IPv6Network, ("2000::/3", "fc00::/7", "64:ff9b::/96", "64:ff9b:1::/48", "::1/128")))
#: Multicast, and what is reserved behind it.
_NO_HOSTS = ipaddress.IPv4Network("224.0.0.0/3")
#: Stands for all of IPv4 where a cluster has IPv6 only.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")))
#: Most public addresses that one key may name in all: a hundred times what a service publishes.
_MOST_PUBLIC = 2**24
#: No cluster's own range of nodes or pods is narrower than that and holds all of what a cloud reserves.
_OWN_RANGE = 16


def _network(value: str) -> str:
    example = "write for example 10.0.0.0/28"
    if "/" not in value:
        refuse(
            f"`{shown(value)}` is an address without a mask; a network is meant", f"{example}, or /32 for one address"
        )
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        refuse(f"`{shown(value)}` is not a network in CIDR form: {shown(str(error))}", example)
    if str(network.prefixlen) != value.partition("/")[2]:
        refuse(f"`{value}` is not a network in CIDR form: its mask is no number of bits", example)
    for is_such, what in (
        (
            network.is_link_local or any(_is_about(network, other) for other in _METADATA),
            "link-local or of a cloud's own, where nodes ask for their credentials",
        ),
        (network.is_multicast, "for multicast"),
        (_is_kept_back(network), "reserved, so that nothing has an address there"),
        (_is_this_host(network), "this network itself, which has no address elsewhere"),
        (_is_half_private(network), "partly private and partly not, so that its mask is a mistake"),
        (_is_nobodys(network), "kept for documentation or protocols, and nothing has an address there"),
    ):
        if is_such:
            refuse(f"`{value}` is {what}", example)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_TRANSLATED):
        _network(str(_translated(network)))
    return str(network)


def _translated(network: ipaddress.IPv6Network) -> ipaddress.IPv4Network:
    """What a network stands for of IPv4."""
    return ipaddress.IPv4Network((int(network.network_address) % 2**32, network.prefixlen - 96))


def _within(network: Network, other: Network) -> bool:
    return (
        network.version == other.version and network.network_address in other and network.prefixlen >= other.prefixlen
    )


def _is_about(network: Network, other: Network) -> bool:
    """Whether it lies in another one, or is hardly wider: a cluster's own range may hold it by chance."""
    return _within(network, other) or (_within(other, network) and network.prefixlen >= _OWN_RANGE)


def _is_this_host(network: Network) -> bool:
    """Whether it lies in 0.0.0.0/8, or is :: alone."""
    return int(network.network_address) == 0 and network.prefixlen >= (8 if network.version == 4 else 96)  # noqa: PLR2004


def _is_half_private(network: Network) -> bool:
    """Whether it holds a private range and more; a wide one is another matter."""
    return any(network != other and _within(other, network) for other in _PRIVATE if network.prefixlen >= _WIDEST[4])


def _is_kept_back(network: Network) -> bool:
    """Whether it lies in 240.0.0.0/4, or holds that and multicast alone; of IPv6 only what is routed has addresses."""
    return isinstance(network, ipaddress.IPv4Network) and network.prefixlen > 0 and network.subnet_of(_NO_HOSTS)


def _is_nobodys(network: Network) -> bool:
    if any(_within(network, other) for other in _NOBODYS):
        return True
    return isinstance(network, ipaddress.IPv6Network) and not any(map(network.overlaps, _ROUTED))


def is_wide(cidr: str) -> bool:
    """Whether a network holds more than anything that one party owns, as 0.0.0.0/0 and its halves do."""
    network = ipaddress.ip_network(cidr)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_TRANSLATED):
        network = _translated(network)
    public = network.version == 4 and network.is_global  # noqa: PLR2004 - IPv4
    return network.prefixlen < (_WIDEST_PUBLIC if public else _WIDEST[network.version])


def are_wide(cidrs: Collection[str]) -> bool:
    """Whether networks of which none is wide are so together: neighbours that make one, or more than is published."""
    networks = [ipaddress.ip_network(cidr) for cidr in cidrs]
    four = list(ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network)))
    six = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv6Network))
    public = sum(one.num_addresses for one in four if one.is_global)
    return public > _MOST_PUBLIC or any(is_wide(str(one)) for one in (*four, *six))


Cidr = Annotated[str, AfterValidator(_network)]


def _address(value: str) -> str:
    example = "write for example 169.254.20.10"
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        refuse(f"`{shown(value)}` is not one address", example)
    network = ipaddress.ip_network(address)
    if any(_within(network, other) for other in (*_METADATA, *_CREDENTIALS)):
        refuse(f"`{value}` is where nodes ask a cloud for their credentials", example)
    nowhere = address.is_loopback or _is_this_host(network) or _is_kept_back(network) or _is_nobodys(network)
    if nowhere or not address.is_private:
        refuse(f"`{value}` is no address that each node could have of its own", example)
    return str(address)


#: Of a node's own cache: link-local or private, the same on every node.
NodeAddress = Annotated[str, AfterValidator(_address)]
Reason = Annotated[
    str,
    Matching(
        r"(?=.* )[^\s<>{}$|][^<>{}$|\n]{8,198}[^\s<>{}$|]",
        "a sentence of 10 to 200 characters, with blanks between its words",
        "PagerDuty and Slack publish no ranges",
        longest=200,
    ),
]


class WideNetworkSettings(Settings):
    """A network that holds more than one party owns, and why a way is opened to all of it."""

    cidr: Annotated[Cidr, Bound()]
    """The network, as it stands below the keys that name networks; 0.0.0.0/0 is everything."""
    reason: Annotated[Reason, Bound()]
    """Why no smaller one will do."""
