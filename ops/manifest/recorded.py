"""What a program declared, with the options that Pulumi's own mocks forget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi import ResourceHook

PROJECT = "ballast"
"""Name of the project, as in Pulumi.yaml."""

STACK_TYPE = "pulumi:pulumi:Stack"
"""Type of the resource at the root, which stands in no other resource's URN."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One registration: what was asked for, and how it is to be treated."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    secret_paths: frozenset[str]
    parent: str
    provider: str
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    dependencies: tuple[str, ...]
    hooks: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """URNs that it had before, as far as its options say so."""
    timeout: str = ""
    """How long an update waits for it, empty for what is usual."""
    trigger: str = ""
    """What replaces it when it changes, empty where nothing but its inputs does."""

    @property
    def kind(self) -> str:
        """The Kubernetes kind, or the component's class."""
        return self.type.rsplit(":", 1)[1]

    @property
    def namespace(self) -> str:
        """The namespace, empty for what has none."""
        return self.inputs.get("metadata", {}).get("namespace") or ""

    @property
    def object_name(self) -> str:
        """The name in the cluster; the logical one where Pulumi gives the name."""
        return self.inputs.get("metadata", {}).get("name") or self.name


@dataclass
class Recording:
    """All registrations of one run, in order."""

    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    hooks: dict[str, ResourceHook] = field(default_factory=dict)


class RecordingMonitor(MockMonitor):
    """Pulumi's mock monitor, remembering the options of every registration and which inputs were secret."""

    def __init__(self, mocks: Mocks, recording: Recording, stack: str) -> None:
        super().__init__(mocks)
        self.recording = recording
        self.stack = stack

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN that the engine would give; Pulumi's mocks put no more than one parent into it."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"urn:pulumi:{self.stack}::{PROJECT}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the name and types of the gRPC method
        """Answer as the mocks do, and remember what was asked for."""
        response = super().RegisterResource(request)
        raw = json_format.MessageToDict(request.object)
        hooks = [name for _, names in request.hooks.ListFields() for name in names]
        if request.type != STACK_TYPE:
            self.recording.resources.append(
                Declared(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs=_plain(raw),
                    secret_paths=frozenset(_secrets(raw)),
                    parent=request.parent,
                    provider=request.provider,
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    timeout=request.customTimeouts.create,
                    ignore_changes=tuple(request.ignoreChanges),
                    dependencies=tuple(request.dependencies),
                    hooks=tuple(hooks),
                    aliases=tuple(self._aliases(request)),
                    trigger=request.replacement_trigger.string_value,
                )
            )
        return response

    def _aliases(self, request: Any) -> Iterator[str]:  # noqa: ANN401 - the type of the gRPC message
        """Yield the URNs of its aliases, but those that the provider's SDK adds for other versions of its type."""
        for alias in request.aliases:
            spec = alias.spec
            if alias.urn:
                yield alias.urn
            elif spec.name or spec.parentUrn or spec.noParent:
                parent = "" if spec.noParent else spec.parentUrn or request.parent
                yield self.make_urn(parent, spec.type or request.type, spec.name or request.name)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ANN401, N802 - the name and types of the gRPC method
        """Remember what a component tells about itself."""
        self.recording.outputs[request.urn] = _plain(json_format.MessageToDict(request.outputs))
        return super().RegisterResourceOutputs(request)


class Hooks:
    """Stands where the engine's callback server would: keeps each hook, so that it can be called."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def register_resource_hook(self, hook: ResourceHook) -> None:
        """Keep a hook by its name."""
        self.recording.hooks[hook.name] = hook

    async def shutdown(self) -> None:
        """Nothing was served."""


class Answers(Mocks):
    """A cluster that makes what it is asked for and has a fixed identity; invokes are refused."""

    def __init__(self, identity: str) -> None:
        self.identity = identity

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return an id and the state of what was asked for; names that Pulumi gives end in `-made`."""
        state = dict(args.inputs)
        if args.typ.startswith("kubernetes:"):
            metadata = {"name": f"{args.name}-made", **state.get("metadata", {})}
            if args.resource_id:
                metadata = {"name": args.resource_id, "uid": self.identity}
                state |= {"reclaimPolicy": "Retain", "allowVolumeExpansion": True}
            state["metadata"] = metadata
        elif args.typ.startswith("aws:"):
            state["arn"] = f"arn:of:{args.typ}:{args.name}"
        return args.resource_id or f"{args.name}-id", state

    def call(self, args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:  # noqa: ANN401 - the mocks' own type is looser
        """Refuse: what is looked up differs from one run to the next.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(f"the program may not look anything up, but it invoked {args.token}")


def _secrets(value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001 - the wire's mark of a secret has no public name
            yield path
        else:
            for key, inner in value.items():
                yield from _secrets(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _secrets(inner, f"{path}[{index}]")


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001 - as in _secrets()
            return _plain(value.get("value"))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
