"""Values that can't be right, derived from each field's own type: a field that comes later is tried by itself."""

from __future__ import annotations

import copy
import typing
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from components.settings.document import read_document
from components.settings.fields import fields, values
from components.settings.judge import Given, judge
from components.settings.limits import limits
from components.settings.matching import Matching
from components.settings.quantities import Bytes, Duration, Millicores, Quantity
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings
from components.settings.supported_versions import SUPPORTED
from tests.harness.applied import full_application

from .conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.fields import Field
    from components.settings.report import KeyPath, Mistake

#: What no field takes, whatever its kind: not JSON's, out of reach, invisible, look-alikes, pasted, of another shape.
NOWHERE = (
    2**53,
    -1,
    1.5,
    "",
    " ",
    "a b\tc",
    "x\u200b",
    "\u0430cme",
    "acme\u2013prod",
    "\uff11",
    "a" * 5000,
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    [["a"]],
    {"a": "b"},
)
NUMBERS = ("0x1F", "1_000", "010", "1e3", "ten", "-5", "NaN")
UNITS: dict[type, list[str]] = {
    Bytes: ["1Ki", "8000Ti", "8G", "8GB", "8gi", "0Gi", "08Gi", "8.5Gi", "8 Gi", "-8Gi", "9" * 30 + "Gi"],
    Millicores: ["1m", "500", "0", "0.5", "500M", "500 m", "2 cores", "1000000m"],
    Duration: ["0s", "400000d", "1w", "1y", "1h30m", "PT1H", "030d", "1.5h", "30 d"],
}
NETWORKS = (
    *("10.0.0.1", "10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "10.0.0.0-10.0.0.9", "localhost", "any", "300.0.0.0/8"),
    *("169.254.169.254/32", "169.254.0.0/16", "fd00:ec2::254/128", "fe80::/64", "224.0.0.0/8", "240.0.0.0/8"),
    *("0.0.0.0/8", "0.0.0.0/32", "255.255.255.255/32", "::/128", "10.0.0.0/8 ", "010.0.0.0/8", "https://10.0.0.0/8"),
)
WIDE = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "8.0.0.0/7", "52.0.0.0/8", "2000::/3")
#: What stands where a text is to be put in.
PLACEHOLDERS = ("${HOME}", "<your-value-here>", "{{ .Values.name }}")


def _stack(environment: str) -> dict[str, Any]:
    config = read_document(PROJECT / f"Pulumi.{environment}.yaml").data["config"]
    return {key.removeprefix("ballast:"): copy.deepcopy(value) for key, value in config.items() if "pulumi:" not in key}


def _without_aws(section: Any) -> Any:
    """A section of which every bucket stands at a storage in the cluster."""
    if not isinstance(section, dict):
        return section
    if "roleArn" in section:
        here = {key: value for key, value in section.items() if key not in ("roleArn", "egressCidrs")}
        return here | {"endpoint": "https://minio.minio.svc:9000", "namespace": "minio"}
    return {key: _without_aws(value) for key, value in section.items()}


def _full() -> dict[str, Any]:
    """Production, with whatever it leaves out and may have."""
    stack = _stack("prod")
    stack["images"]["mirror"] = "registry.example.com/mirror"
    stack["wideNetworks"] = {"internet": {"cidr": "32.0.0.0/3", "reason": "PagerDuty publishes no ranges"}}
    stack["allowOrphaned"] = ["volumes.old"]
    stack["images"] |= {"pullSecret": "login", "mirrors": {"quay": {"registry": "quay.io", "prefix": "m.example.com"}}}
    stack["cluster"] |= {"fewZones": "there is no third one", "nodeLocalDns": "169.254.20.10"}
    stack["cluster"] |= {"timeout": "20m", "ipv6": True}
    stack["cluster"] |= {"nodeSelector": ["pool=data"], "tolerations": ["dedicated=platform:NoSchedule"]}
    for store in ("opensearch", "qdrant", "chroma"):
        stack[store]["openTo"] = ["applications"]
    stack["grafana"]["oidc"]["scopes"] = ["openid", "email"]
    vectors = {"vectors": {"text": {"size": 8, "distance": "dot"}}, "sparseVectors": {"words": {"modifier": "idf"}}}
    stack["qdrant"]["collections"]["named"] = {**vectors, "shards": 6}
    stack["loki"]["streams"]["opensearch"]["service"] = "api"
    stack["loki"]["periods"] = {
        "larger": {"from": "2027-01-31", "s3": {**stack["loki"]["s3"], "bucket": "acme-larger"}}
    }
    stack["alertmanager"]["maintenance"]["patches"]["teams"] = ["search"]
    stack["collector"]["masks"] = {"keys": ["^customer[.]name$"], "values": ["KD-[0-9]{8}"]}
    return stack | {"applications": full_application()}


def _dev() -> dict[str, Any]:
    stack = {key: value for key, value in _stack("dev").items() if key not in SECRETS}
    # Beside PagerDuty and Slack nothing would be told to it.
    stack["alertmanager"] |= {"webhook": {"port": 443}, "egressCidrs": ["10.0.0.0/24"]}
    return stack


def _made(identity: dict[str, str]) -> dict[str, Any]:
    stack = _full()
    stack["aws"] = {"account": "111122223333", "region": "eu-central-1", "tags": ["team=platform"], **identity}
    stack["aws"] |= {"permissionsBoundary": "arn:aws:iam::111122223333:policy/platform"}
    for store in (stack["opensearch"], stack["qdrant"], stack["chroma"], *stack["volumes"].values()):
        del (place := store["snapshots"]["s3"])["roleArn"]
        place |= {"bucket": place["basePath"].replace("/", "-"), "made": {"recoverableFor": "14d"}}
    return stack


STACKS = {
    "prod": _full(),
    "dev": _dev(),
    "without-aws": _without_aws(_full()),
    "irsa": _made({"identity": "irsa", "oidcProvider": "oidc.example.com/id/A"}),
    "pod-identity": _made({"identity": "podIdentity", "clusterName": "acme"}),
}


def mistakes(environment: str, stack: dict[str, Any]) -> list[Mistake]:
    return judge(Given(environment, stack, frozenset()), SECRETS)[1]


def _places() -> dict[str, tuple[str, KeyPath]]:
    """Where a value of each field stands: in which stack, and the keys down to it."""
    found: dict[str, tuple[str, KeyPath]] = {}
    for environment, stack in STACKS.items():
        settings, wrong = judge(Given(environment, stack, frozenset()), SECRETS)
        assert not wrong
        assert settings is not None
        for given in values(settings):
            found.setdefault(".".join(given.field.path), (environment, given.path))
    return found


LEAVES = {".".join(field.path): field for field in fields(StackSettings) if field.section is None}
PLACES = _places()


def _kind(annotation: Any) -> Any:
    """The type of one value: without null, without the list around it."""
    arguments = [argument for argument in typing.get_args(annotation) if argument is not type(None)]
    return _kind(arguments[0]) if arguments else annotation


def _rules(annotation: Any) -> Iterator[Matching]:
    for argument in typing.get_args(annotation):
        yield from _rules(argument)
    yield from (data for data in getattr(annotation, "__metadata__", ()) if isinstance(data, Matching))


def nonsense(field: Field) -> Iterator[Any]:
    """Values that the type of a field can't mean."""
    kind = _kind(field.info.annotation)
    rules = [*_rules(field.info.annotation), *(data for data in field.info.metadata if isinstance(data, Matching))]
    yield from NOWHERE
    for rule in rules:
        example = rule.example.strip('"')
        yield from (f"{example} ", f" {example}", f"{example}\n", f"{example}|", example * 500, *PLACEHOLDERS)
    if field.name.endswith(("cidr", "cidrs")):
        yield from NETWORKS
        # The one key where a wide network is at home.
        yield from WIDE if field.name == "cidrs" or field.name.endswith("_cidrs") else ()
    if field.name == "version":
        tag = rules[0].example[:1] if rules[0].example.startswith("v") else ""
        supported = SUPPORTED[".".join(field.path[:-1])]
        older = (0, 0, 1) if supported.first[0] == 0 else (supported.first[0] - 1, 99, 0)
        for version in (older, (supported.unknown, 0, 0), (999, 0, 0)):
            yield tag + ".".join(map(str, version))
        yield from ("latest", "stable", "main", "3.8", 3.8, 3)
    if issubclass(kind, StrEnum):
        yield from (*(member.upper() for member in kind), *NUMBERS)
    if issubclass(kind, bool):
        yield from ("true", "yes", 1)
    elif issubclass(kind, int):
        yield from NUMBERS
        bounds = limits(field)
        assert bounds is not None, f"{field.path} has no limits"
        if issubclass(kind, Quantity):
            yield from UNITS[kind]
            yield kind(bounds.most * 2).text
        else:
            yield from (bounds.least - 1, bounds.most + 1, 0.0, "12", True)


def put(stack: dict[str, Any], path: KeyPath, value: Any) -> dict[str, Any]:
    """A copy of a stack with one value exchanged, or put behind the others of a list."""
    stack = dict(stack)
    holder: Any = stack
    for key in path[:-1]:
        holder[key] = dict(holder[key])
        holder = holder[key]
    old = holder.get(path[-1])
    holder[path[-1]] = [*old, value] if isinstance(old, list) else value
    return stack


@pytest.mark.parametrize("key", [key for key in LEAVES if "tuple" in str(LEAVES[key].info.annotation)])
def test_nothing_stands_twice_in_a_list(key):
    environment, path = PLACES[key]
    holder: Any = STACKS[environment]
    for part in path:
        holder = holder[part]
    entries = [*holder, holder[-1]] if holder else []
    found = mistakes(environment, put(STACKS[environment], path, holder[-1]))
    assert [m.path[-1] for m in found if "twice" in m.problem] == [len(entries) - 1]


def test_every_field_has_a_place():
    # Not every environment may have all of them at once: other places of the same classes are there.
    assert set(LEAVES) - set(PLACES) == set()


CASES = [(key, number, value) for key in LEAVES for number, value in enumerate(nonsense(LEAVES[key]))]
#: Each field with one value, another one for each; the whole takes minutes.
SAMPLE = [case for index, key in enumerate(LEAVES) for case in [c for c in CASES if c[0] == key][index % 7 :: 100]]


def _told(found: list[Mistake], path: KeyPath) -> bool:
    """Whether a value at that place is refused, by messages that are messages."""
    there = [m for m in found if (str(m.path[0]).removeprefix("ballast:"), *m.path[1:])[: len(path)] == path]
    return bool(there) and not any(len(m.problem) > 400 or not m.remedy or "\n" in m.problem for m in there)


def _accepted(cases: list[tuple[str, int, Any]]) -> list[tuple[str, Any]]:
    """The cases that are accepted alone, or refused somewhere else, or with a message that is no message."""
    bad = []
    for key, _, value in cases:
        environment, path = PLACES[key]
        if not _told(mistakes(environment, put(STACKS[environment], path, value)), path):
            bad.append((key, value if len(str(value)) < 80 else str(value)[:80]))
    return bad


def _unnoticed(cases: list[tuple[str, int, Any]]) -> Iterator[tuple[str, int, Any]]:
    """The cases that are not refused in files in which every field has one of its cases.

    A rule between fields says nothing while one of them is wrong by itself: those are to be tried alone.
    """
    for (environment, _), together in groupby(sorted(cases, key=_file), key=_file):
        stack, wrong = STACKS[environment], list(together)
        for key, _, value in wrong:
            stack = put(stack, PLACES[key][1], value)
        found = mistakes(environment, stack)
        yield from (case for case in wrong if not _told(found, PLACES[case[0]][1]))


def _file(case: tuple[str, int, Any]) -> tuple[str, int]:
    key, number, _ = case
    return PLACES[key][0], number


def test_no_nonsense_is_accepted_by_any_field():
    assert _accepted(SAMPLE) == []


@pytest.mark.plans
def test_no_nonsense_of_any_kind_is_accepted_by_any_field():
    assert len(CASES) > 5000
    assert _accepted(list(_unnoticed(CASES))) == []
