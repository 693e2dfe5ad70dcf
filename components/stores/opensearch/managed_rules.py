"""Rules of a domain in place of nodes: what AWS would refuse half an hour later, and what nobody can undo."""

from collections.abc import Iterator

from components.settings.images import STOCK_PYTHON
from components.settings.limit import DAY, GI
from components.settings.quantities import Bytes
from components.settings.report import KeyPath, Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.settings.texts import numbers
from components.stores.opensearch.managed_settings import ManagedSettings
from components.stores.opensearch.settings import OpenSearchSettings

MANAGED: KeyPath = ("opensearch", "managed")
#: AWS: a volume of a node, in Gi.
SMALLEST_VOLUME = Bytes(10 * GI)
#: CloudWatch, PutRetentionPolicy: in days.
LOGS_KEPT = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
MOST_ZONES = 3


def _managed(stack: StackSettings) -> Iterator[tuple[OpenSearchSettings, ManagedSettings]]:
    if stack.opensearch.managed is not None:
        yield stack.opensearch, stack.opensearch.managed


def _nodes_are_ours_or_of_aws(stack: StackSettings) -> Iterator[Mistake]:
    search = stack.opensearch
    if bool(search.pools) == (search.managed is not None):
        given = "both" if search.pools else "neither"
        problem = f"must have exactly one of pools and managed, but has {given}"
        yield Mistake(
            ("opensearch",), problem, "keep pools for nodes in the cluster, or managed for a domain that AWS runs"
        )


def _a_domain_has_an_account(stack: StackSettings) -> Iterator[Mistake]:
    for _ in _managed(stack):
        if stack.aws is None:
            problem = "asks for a domain, but nothing says in which account of AWS"
            yield Mistake(MANAGED, problem, "add ballast:aws, or write pools for nodes in the cluster")


def _its_version_is_offered(stack: StackSettings) -> Iterator[Mistake]:
    for search, _ in _managed(stack):
        major, minor, _ = numbers(search.version)
        if minor % 2 == 0:
            problem = (
                f"is {search.version}, but OpenSearch Service offers each second minor version: 2.19, 3.1, 3.3, ..."
            )
            yield Mistake(
                ("opensearch", "version"), problem, f"write {major}.{max(minor - 1, 1)}.0 or {major}.{minor + 1}.0"
            )


def _each_zone_has_a_subnet(stack: StackSettings) -> Iterator[Mistake]:
    for _, managed in _managed(stack):
        zones, subnets = stack.cluster.zones, managed.subnets
        if len(zones) > MOST_ZONES:
            problem = f"has {len(zones)} zones, and a domain stands in {MOST_ZONES} at most"
            yield Mistake(("cluster", "zones"), problem, "write pools for nodes in the cluster")
        elif len(subnets) != len(zones):
            problem = (
                f"has {len(subnets)} for {len(zones)} zones ({', '.join(zones)}): what is in one zone is lost with it"
            )
            yield Mistake((*MANAGED, "subnets"), problem, f"name {len(zones)}, one in each of ballast:cluster.zones")


def _its_nodes_fill_the_zones(stack: StackSettings) -> Iterator[Mistake]:
    for _, managed in _managed(stack):
        zones, nodes = len(managed.subnets), managed.data.nodes
        if nodes < 1 or nodes % zones:
            problem = f"is {nodes}, which AWS can't spread evenly over {zones} subnets"
            yield Mistake((*MANAGED, "data", "nodes"), problem, f"write {max(-(-nodes // zones), 1) * zones}")
        if managed.managers.nodes not in (QUORUM, QUORUM + 2):
            problem = f"is {managed.managers.nodes}; AWS keeps a majority with 3 or 5"
            yield Mistake((*MANAGED, "managers", "nodes"), problem, "write 3 or 5")


def _its_volumes_and_logs_are_sizes_that_aws_has(stack: StackSettings) -> Iterator[Mistake]:
    for _, managed in _managed(stack):
        disk = managed.data.disk
        if disk < SMALLEST_VOLUME or disk % GI:
            remedy = f"write {max(Bytes(-(-disk // GI) * GI), SMALLEST_VOLUME)}"
            yield Mistake((*MANAGED, "data", "disk"), f"is {disk}; a volume of a domain has 10Gi, 11Gi, ...", remedy)
        days = managed.logs_kept / DAY
        if days not in LOGS_KEPT:
            longer = next((one for one in LOGS_KEPT if one >= days), LOGS_KEPT[-1])
            problem = f"is {managed.logs_kept.text}, which is none of the times for which CloudWatch keeps logs"
            yield Mistake((*MANAGED, "logsKept"), problem, f"write {longer}d")


def _what_is_of_nodes_is_left_out(stack: StackSettings) -> Iterator[Mistake]:
    for search, _ in _managed(stack):
        if search.image is not None:
            problem = f"is {search.image}, but AWS runs a domain from an image of its own"
            yield Mistake(("opensearch", "image"), problem, "remove it")


def _its_snapshots_go_to_aws(stack: StackSettings) -> Iterator[Mistake]:
    for search, _ in _managed(stack):
        place = search.snapshots.s3
        if place is None or place.endpoint is not None:
            problem = "must name a bucket at AWS: a domain reaches no volume of the cluster and no other storage"
            yield Mistake(("opensearch", "snapshots"), problem, "write s3: {...} with made or roleArn")
        if STOCK_PYTHON.fullmatch(stack.jobs.image) is not None:
            problem = f"is {stack.jobs.image}, which lacks boto3, and the repository of a domain is registered with it"
            yield Mistake(("jobs", "image"), problem, "build images/jobs/Dockerfile and write the image's name here")


MANAGED_RULES: tuple[Rule, ...] = (
    _nodes_are_ours_or_of_aws,
    _a_domain_has_an_account,
    _its_version_is_offered,
    _each_zone_has_a_subnet,
    _its_nodes_fill_the_zones,
    _its_volumes_and_logs_are_sizes_that_aws_has,
    _what_is_of_nodes_is_left_out,
    _its_snapshots_go_to_aws,
)
