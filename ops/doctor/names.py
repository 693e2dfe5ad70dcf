"""Whether names that `up` would give are taken by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.environment import OWNER, owner_of
from ops.doctor.finding import good, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding


def check_names(context: DoctorContext) -> Iterator[Finding]:
    """Look for every namespace, and for every object outside of namespaces unless the stack stands already."""
    own = owner_of(context.stack)
    stands = False
    for name in sorted(one.name for one in context.declared if one.kind == "Namespace"):
        found = context.read("namespace", name, "--output=json")
        if found is None:
            continue
        owner = (found["metadata"].get("annotations") or {}).get(OWNER)
        stands |= owner == own
        if owner != own:
            said = "nobody's that this program knows" if owner is None else f"the stack {owner}'s"
            problem = f"is there and is {said}; `up` would put its denials and its quota over what runs in it"
            yield wrong(f"namespace {name}", problem, "Name another cluster, or have it deleted by whoever owns it")
    taken = [] if stands else list(_taken(context))
    for kind, name in taken:
        problem = "is there before this stack, and `up` would overwrite it or end in a conflict"
        yield wrong(f"{kind} {name}", problem, "Delete it if nothing uses it; another platform of this kind does")
    if stands:
        yield good("names", f"this stack stands already, as {own}")
    elif not taken:
        yield good("names", "outside of namespaces none is taken")


def _taken(context: DoctorContext) -> Iterator[tuple[str, str]]:
    wanted: dict[tuple[str, str], list[str]] = {}
    for one in context.declared:
        if not one.namespace and one.name and one.kind != "Namespace":
            wanted.setdefault((one.version, one.kind), []).append(one.name)
    for (version, kind), names in sorted(wanted.items()):
        plural = context.served[version].get(kind)
        if plural is not None:
            group = version.rpartition("/")[0]
            there = {one["metadata"]["name"] for one in context.everywhere(f"{plural}.{group}".rstrip("."))}
            yield from ((kind, name) for name in sorted(there.intersection(names)))
