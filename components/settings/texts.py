"""Texts with a shape of their own: names, addresses and versions, each with the rule it keeps."""

from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from components.settings.base import refuse
from components.settings.matching import Matching

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
#: A port, 1 to 65535.
PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
#: A path component and a name with an optional registry, as the distribution's grammar has them (reference.go).
_COMPONENT = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
#: A host in figures is an address of four numbers, and not 0.0.0.0.
_IN_FIGURES = r"(?!0\.)(?!(?!([0-9]{1,3}\.){3}[0-9]{1,3}(:|/|$))[0-9.]+(:|/|$))"
_REGISTRY = rf"{_IN_FIGURES}{_SUBDOMAIN}(:{PORT})?"

#: At most 20 characters: pod names add the cluster's name, a zone and an ordinal and must stay below 63.
ShortLabel = Annotated[
    str,
    Matching(
        "[a-z]([a-z0-9-]{0,18}[a-z0-9])?",
        "a short DNS label (lower-case letters, digits and hyphens, at most 20 characters)",
        "data",
    ),
]
EnvironmentName = Annotated[
    str, Matching("[A-Za-z0-9_-]+", "the name of a stack (letters, digits, hyphens, underscores)", "eu-prod")
]
ObjectName = Annotated[
    str, Matching(_SUBDOMAIN, "a Kubernetes name (lower-case letters, digits, hyphens, dots)", "gp3-retain")
]
Namespace = Annotated[
    str,
    Matching(_LABEL, "a namespace (lower-case letters, digits, hyphens, at most 63 characters)", "applications", 63),
]
#: At most 40 characters: the longest namespace, and names in it that become labels, must stay below 63.
NamespacePrefix = Annotated[
    str,
    Matching(
        "(?!kube-)[a-z]([a-z0-9-]*[a-z0-9])?-",
        "a prefix of namespaces (lower-case letters, digits and hyphens, the first a letter, the last a hyphen, not "
        "kube-, at most 40 characters)",
        "eu-",
        longest=40,
    ),
]
ZoneName = Annotated[
    str, Matching(_LABEL, "a zone name (lower-case letters, digits, hyphens)", "eu-central-1a", longest=63)
]
_LABEL_NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = rf"({_SUBDOMAIN}/)?{_LABEL_NAME}"
NodeLabel = Annotated[
    str,
    Matching(
        rf"(?!topology\.kubernetes\.io/zone=){_LABEL_KEY}={_LABEL_NAME}",
        "a label of nodes, key=value, and not their zone, which `zones` names",
        "pool=data",
    ),
]
Taint = Annotated[
    str,
    Matching(
        rf"{_LABEL_KEY}(=({_LABEL_NAME})?)?:(NoSchedule|PreferNoSchedule|NoExecute)",
        "a taint as kubectl writes it, key=value:effect or key:effect",
        "dedicated=platform:NoSchedule",
    ),
]
#: A pattern may end in one star; it begins with a letter or digit so that no system index (`.opendistro…`) matches.
IndexPattern = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9._-]*\*?",
        "an index name in lower case, with at most one star and that at its end",
        "logs-*",
    ),
]
#: Whatever else it holds would be read by a shell, a template or a person who was to fill it in.
_PLAIN = "[^\\s$<>{}|;&*?`\"']"
NonEmpty = Annotated[
    str,
    Matching(
        rf"{_PLAIN}([^\n$<>{{}}|;&*?`\"']*{_PLAIN})?",
        "text without blanks around it, quotes, placeholders and what a shell reads",
        "acme-prod",
        longest=512,
    ),
]
_STEP = "[^/\\s$<>{}|;&*?`\"'\\\\:]"
#: Not one that climbs out of the folder: elsewhere another file lies there, or none.
KubeconfigPath = Annotated[
    str,
    Matching(
        rf"(?!(.*/)?\.\.(/|$))(?!(.*/)?\.$)(?!~[^/]|~$|/(dev|proc|sys)/)"
        rf"(~/|/)?{_STEP}( *{_STEP})*(/{_STEP}( *{_STEP})*)*",
        "the path of a file below this folder, below ~/ or from / on, without ..",
        "~/.kube/config",
        longest=512,
    ),
]
ClusterIdentity = Annotated[
    str,
    Matching(
        # RFC 9562, version 4: what Kubernetes makes.
        "local|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "the UID of the cluster's namespace kube-system, or the word local",
        "the output of: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
    ),
]
#: RFC 6761 keeps these for no one; and where Google's nodes ask for their credentials.
NO_HOST = r"(?!([^/:@]*\.)?(invalid|localhost|example|test|metadata\.google\.internal)([:/]|$))"
ImageName = Annotated[
    str,
    Matching(
        # Alone, a name with a dot or without a letter is that of a registry or a version.
        rf"(?!(localhost|latest|[^/]*\.[^/]*|[^a-z]*)$)({_REGISTRY}/)?{_COMPONENT}(/{_COMPONENT})*",
        "an image name without tag or digest (the version is a key of its own), and no registry alone",
        "acme/store-s3",
        longest=255,
    ),
]
MirrorPrefix = Annotated[
    str,
    Matching(
        # A registry on the machine itself is what local clusters have.
        rf"(?=localhost([:/]|$)|{NO_HOST}[^/]*[.:]){_REGISTRY}(/{_COMPONENT})*",
        "a registry's host and path, without scheme and without a slash at the end",
        "registry.example.com/mirror",
        longest=200,
    ),
]
RegistryName = Annotated[
    str, Matching(rf"{NO_HOST}(?=[^/]*[.]){_REGISTRY}", "a registry's host, without a path", "quay.io", longest=200)
]
ReleasableKey = Annotated[
    str,
    Matching(
        r"[a-z][A-Za-z]*(\.[A-Za-z0-9_-]+)*", "a key of the stack file without ballast: before it", "volumes.knowledge"
    ),
]
#: Not `latest`: what runs would change without a change of this file.
ImageTag = Annotated[
    str, Matching("(?!latest)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", "an image tag, and never latest", "3.13-slim", 128)
]


def _of_the_calendar(text: str) -> str:
    with suppress(ValueError):
        date.fromisoformat(text)
        return text
    return refuse(f"must be a day, but {text} is none of the calendar", "write for example 2027-01-31")


#: In quotes, because some readers of YAML take it for a point in time.
Day = Annotated[
    str,
    Matching("20[0-9]{2}-[0-9]{2}-[0-9]{2}", "a day in UTC, year-month-day, in quotes", "2027-01-31", longest=10),
    AfterValidator(_of_the_calendar),
]
_NUMBER = "(0|[1-9][0-9]{0,5})"
Version = Annotated[
    str, Matching(rf"{_NUMBER}(\.{_NUMBER}){{2}}", "a version of three numbers, x.y.z", "3.8.0", longest=20)
]
VersionTag = Annotated[
    str, Matching(rf"v{_NUMBER}(\.{_NUMBER}){{2}}", "a tag of three numbers behind a v, vx.y.z", "v1.11.0", longest=21)
]
#: AWS: "Bucket naming rules".
BucketName = Annotated[
    str,
    Matching(
        r"(?=.{3,63}$)(?!xn--|sthree-|amzn-s3-demo-|([0-9]+\.)+[0-9]+$)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)"
        r"[a-z0-9](\.?[a-z0-9-])*(?<!-)",
        "an S3 bucket name (3 to 63 lower-case letters, digits, hyphens, single dots; no address, none of AWS's own)",
        "acme-prod-snapshots",
        longest=63,
    ),
]
PARTITION = "aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc"
REGION = (
    "(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc-de)"
    "-(central|(north|south)(east|west)?|east|west)-[1-9]"
)
#: That of another storage than AWS is called as its owner likes: us-east-1, auto, fsn1.
BucketRegion = Annotated[
    str, Matching("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "a region in lower case", "eu-central-1", longest=63)
]
_NAMED_HOST = rf"{NO_HOST}(?=[^/]*\.)[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
ObjectStoreUrl = Annotated[
    str,
    Matching(
        rf"https?://(?![0-9.:]+$){_NAMED_HOST}(:{PORT})?",
        "https:// or http:// and a host's full name, perhaps with a port, and no path (the bucket is a key of its own)",
        "https://s3.example.com:9000",
    ),
]
#: A key of S3 has 1,024 bytes; what is put below the folder needs its share. A client would resolve `..`.
BasePath = Annotated[
    str,
    Matching(
        r"(?!(.*/)?\.{1,2}(/|$))[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*",
        "a path without a slash at either end, and without . and ..",
        "store/snapshots",
        longest=512,
    ),
]
#: IAM: a name has at most 64 characters, a path 512.
RoleArn = Annotated[
    str,
    Matching(
        rf"arn:({PARTITION}):iam::(?!0{{12}})[0-9]{{12}}:role/([A-Za-z0-9+=,.@_-]+/){{0,20}}[A-Za-z0-9+=,.@_-]{{1,64}}",
        "the ARN of an IAM role, whose name has at most 64 characters",
        "arn:aws:iam::111122223333:role/name",
        longest=600,
    ),
]

PolicyArn = Annotated[
    str,
    Matching(
        rf"arn:({PARTITION}):iam::(aws|[0-9]{{12}}):policy/([A-Za-z0-9+=,.@_-]+/){{0,20}}[A-Za-z0-9+=,.@_-]{{1,128}}",
        "the ARN of an IAM policy",
        "arn:aws:iam::111122223333:policy/boundary",
        longest=700,
    ),
]


def numbers(version: str) -> tuple[int, int, int]:
    """The three numbers of a version, which compare as versions do.

    Raises:
        ValueError: The text is not of the form x.y.z.
    """
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch
