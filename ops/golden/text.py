"""The golden manifest of a stack: its text, made from what `python -m ops.manifest --inputs` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.golden.lines import digest, lines
from ops.golden.network import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UPDATE = "./ballast manifest --write"

HEAD = """\
# What the program declares for {stack}, without secrets. Written by {update}; do not edit.
# `<-` names the parent. Names that end in -made are completed by Pulumi. Twelve hexadecimal digits stand for content;
# `else` for everything that is not listed: labels, modules that a job mounts, how Pulumi waits, dependencies, hooks.
"""

SHORT = {
    "spec.template.spec": "pod",
    "spec.template.metadata": "podMetadata",
    "spec.jobTemplate.spec.template.spec": "pod",
    "spec.jobTemplate.spec.template.metadata": "podMetadata",
}
"""Paths that stand in many lines, and what is written in their place."""

UNLISTED = (".configMap.items", ".enableServiceLinks", ".terminationMessagePolicy")
"""Ends of paths that would fill pages and tell little."""

WAITING = tuple(f"pulumi.com/{name}" for name in ("patchForce", "skipAwait", "timeoutSeconds", "waitFor"))
"""Annotations on how Pulumi waits and takes over, which change no object."""

DATA = ("data", "binaryData", "stringData")


def text(stack: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Return the golden manifest.

    Args:
        stack: name of the stack.
        entries: what `python -m ops.manifest --inputs` prints.
    """
    listed = sorted(entries, key=lambda entry: (entry["kind"], entry["namespace"], entry["object"], entry["urn"]))
    objects = [entry for entry in listed if entry["object"]]
    others = [entry for entry in listed if not entry["object"]]
    blocks = ["\n".join(_block(entry)) for entry in [*objects, *(entry for entry in others if entry["inputs"])]]
    components = "\n".join(line for entry in others if not entry["inputs"] for line in _block(entry))
    return "\n\n".join([HEAD.format(stack=stack, update=UPDATE).rstrip(), *blocks, components]) + "\n"


def name(entry: Mapping[str, Any]) -> str:
    """Return how a resource is called: its kind, its namespace if it has one, and its name."""
    metadata = entry["inputs"].get("metadata", {})
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    given = metadata.get("name")
    return f"{entry['kind']} {place}{given or entry['name']}{'-made' if entry['object'] and not given else ''}"


def _block(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one resource, the first of which names it."""
    parent = entry["parent"].split("::")
    given = entry["inputs"].get("metadata", {}).get("name")
    yield f"{name(entry)}  <- {parent[2].rpartition(':')[2]} {parent[3]}"
    body, hidden = _body(entry["inputs"])
    if given and given != entry["name"]:
        yield f"  resource: {entry['name']}"
    words = [word for word in ("protect", "retainOnDelete") if entry[word]]
    words += [f"ignores {path}" for path in entry["ignoreChanges"]]
    if words:
        yield f"  options: {', '.join(words)}"
    yield from (f"  alias: {urn}" for urn in entry["aliases"])
    yield from (f"  {line}" for line in body)
    hidden |= {key: entry[key] for key in ("urn", "parent", "provider", "dependencies", "hooks")}
    if entry["inputs"]:
        yield f"  else: {digest(hidden)}"


def _body(inputs: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the lines about what was declared, and what they leave out."""
    shown: list[str] = []
    hidden: dict[str, Any] = {key: inputs.get(key) for key in ("apiVersion", "kind")}
    for key in sorted(inputs.keys() - {"kind", "apiVersion"}):
        value = inputs[key]
        if key == "metadata":
            shown += _about(value)
            hidden[key] = {name: value.get(name) for name in ("labels", "annotations")}
        elif key in DATA and isinstance(value, dict):
            shown += [
                f"{key} {name}: {digest(value[name])} ({len(value[name].encode())} bytes)" for name in sorted(value)
            ]
        elif key == "spec" and inputs.get("kind") == "NetworkPolicy":
            shown += rules(value)
        else:
            visible, hidden[key] = _split(value)
            shown += lines(key, visible)
    return [_shortened(line) for line in shown], hidden


def _about(metadata: dict[str, Any]) -> Iterator[str]:
    """Yield what is said about an object beyond its name and its labels."""
    for key in sorted(metadata.keys() - {"name", "namespace", "labels"}):
        value = metadata[key]
        if key == "annotations":
            value = {name: note for name, note in value.items() if name not in WAITING}
        if value:
            yield from lines(key, value)


def _split(value: Any, path: str = "") -> tuple[Any, dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Return a value without what would fill a page and tell little, and that."""
    hidden: dict[str, Any] = {}
    if isinstance(value, list):
        pairs = [_split(item, f"{path}[{index}]") for index, item in enumerate(value)]
        for _, inside in pairs:
            hidden |= inside
        return [item for item, _ in pairs], hidden
    if not isinstance(value, dict):
        return value, hidden
    visible = {}
    for key, inner in value.items():
        here = f"{path}.{key}"
        if here.endswith(UNLISTED):
            hidden[here] = inner
        elif here.endswith("emplate.metadata.labels"):
            visible[key] = {name: label for name, label in inner.items() if _tells(name)}
            hidden[here] = inner
        else:
            visible[key], inside = _split(inner, here)
            hidden |= inside
    return visible, hidden


def _tells(label: str) -> bool:
    """Whether a pod's label is one that selectors use, and none of the decoration."""
    return label.endswith("/component") or not label.startswith("app.kubernetes.io/")


def _shortened(line: str) -> str:
    for long, short in SHORT.items():
        if line.startswith((f"{long}.", f"{long}:")):
            return short + line.removeprefix(long)
    return line
