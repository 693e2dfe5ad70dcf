"""What the project's own stack files hold in place of what only an owner can write, and what it may stand beside."""

import re
from collections.abc import Iterator

from components.settings.cluster import LOCAL
from components.settings.fields import values
from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings

#: No cluster has such a UID: its figures would have been drawn by chance.
_EXAMPLE_CLUSTER = re.compile("0{8}-0{4}-4000-8000-[0-9]{12}")
#: RFC 2606 keeps these domains for examples, and nothing ever answers there.
_EXAMPLE_HOST = re.compile(
    r"(?<![a-z0-9-])([a-z0-9-]+\.)*example\.(com|net|org)(?![a-z0-9-]|\.[a-z0-9])", re.IGNORECASE
)


def is_real(identity: str) -> bool:
    """Whether an identity is that of somebody's cluster: neither the local one nor that of an example."""
    return identity != LOCAL and _EXAMPLE_CLUSTER.fullmatch(identity) is None


def _a_real_cluster_asks_no_host_of_an_example(stack: StackSettings) -> Iterator[Mistake]:
    if not is_real(stack.cluster.identity):
        return
    for given in values(stack):
        for text in given.value if isinstance(given.value, tuple) else (given.value,):
            if isinstance(text, str) and (found := _EXAMPLE_HOST.search(text)):
                yield Mistake(
                    given.path,
                    f"names {found[0]}, a host of examples (RFC 2606), where nobody answers, but the cluster is "
                    "a real one",
                    "write your own",
                )


EXAMPLE_RULES: tuple[Rule, ...] = (_a_real_cluster_asks_no_host_of_an_example,)
