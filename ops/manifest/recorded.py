"""What a program declared, with the options that Pulumi's own mocks forget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto.resource_pb2 import RegisterResourceResponse

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

    def __init__(self, answers: Answers, recording: Recording, stack: str) -> None:
        super().__init__(answers)
        self.answers = answers
        self.recording = recording
        self.stack = stack

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN that the engine would give; Pulumi's mocks put no more than one parent into it."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"urn:pulumi:{self.stack}::{PROJECT}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the name and types of the gRPC method
        """Answer with what the mocks add, and remember what was asked for; the rest of a state is its inputs."""
        if request.type == STACK_TYPE:
            return super().RegisterResource(request)
        raw = json_format.MessageToDict(request.object)
        inputs = _plain(raw)
        urn = self.make_urn(request.parent, request.type, request.name)
        made, added = self.answers.new_resource(
            MockResourceArgs(request.type, request.name, inputs, request.provider, request.importId, request.custom)
        )
        state = Struct()
        state.update(added)
        hooks = [name for _, names in request.hooks.ListFields() for name in names]
        self.recording.resources.append(
            Declared(
                urn=urn,
                type=request.type,
                name=request.name,
                inputs=inputs,
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
        return RegisterResourceResponse(urn=urn, id=made, object=state)

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
        """Return an id and what the providers add to the inputs; names that Pulumi gives end in `-made`."""
        added: dict[str, Any] = {}
        if args.typ.startswith("kubernetes:"):
            given = {key: value for key, value in args.inputs.get("metadata", {}).items() if value is not None}
            added["metadata"] = {"name": f"{args.name}-made", **given}
            if args.resource_id:
                added["metadata"] = {"name": args.resource_id, "uid": self.identity}
                added |= {"reclaimPolicy": "Retain", "allowVolumeExpansion": True}
        elif args.typ.startswith("aws:"):
            added["arn"] = arn_of(args.typ, args.name)
            if args.typ.startswith("aws:opensearch/domain:"):
                added["endpoint"] = f"vpc-{args.inputs['domainName']}.eu-central-1.es.amazonaws.com"
        return args.resource_id or f"{args.name}-id", added

    def call(self, args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:  # noqa: ANN401 - the mocks' own type is looser
        """Refuse: what is looked up differs from one run to the next.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(f"the program may not look anything up, but it invoked {args.token}")


def arn_of(token: str, name: str) -> str:
    """Return the ARN that a resource of AWS is said to get; whoever judges policies refuses what is none.

    Args:
        token: its type.
        name: its name in the program.
    """
    _, module, kind = token.split(":")
    service = module.partition("/")[0]
    region = "" if service == "iam" else "eu-central-1"
    return f"arn:aws:{service}:{region}:111122223333:{kind.lower()}/{name}"


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
