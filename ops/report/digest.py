"""The document that `pulumi preview --json` writes (`PreviewDigest` of the engine's package `display`, v3.250)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from ops.errors import RefusedError

ENGINE = "3.250"


class Op(StrEnum):
    """What a step does (`StepOp` of the engine's package `deploy`)."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"
    DIFF = "diff"
    EXTEND_PARAMETERIZE = "extend-parameterize"


class _Part(BaseModel):
    """A part of the document. All its keys are known: one that is not may be another under a new name.

    Attributes:
        passed_over: Keys that the engine writes and that decide nothing here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)
    passed_over: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _without_what_decides_nothing(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if key not in cls.passed_over}


class State(_Part):
    """A resource before or after a step (`ResourceV3` of the package `apitype`); its values are never shown."""

    passed_over = frozenset(
        [
            "additionalSecretOutputs",
            "aliases",
            "created",
            "customTimeouts",
            "deletedWith",
            "dependencies",
            "extensionRef",
            "hideDiff",
            "ignoreChanges",
            "importID",
            "initErrors",
            "modified",
            "outputs",
            "parent",
            "pendingReplacement",
            "propertyDependencies",
            "provider",
            "refreshBeforeUpdate",
            "replaceOnChanges",
            "replaceWith",
            "replacementTrigger",
            "resourceHooks",
            "sourcePosition",
            "stackTrace",
            "taint",
            "urn",
            "viewOf",
        ]
    )

    type: str
    custom: bool
    id: str = ""
    external: bool = False
    protect: bool = False
    retain_on_delete: bool = False
    delete: bool = False
    inputs: dict[str, Any] = Field(default_factory=dict)


class PropertyDiff(_Part):
    """How one property changes."""

    passed_over = frozenset({"inputDiff"})

    kind: str


_ONLY_NEW = frozenset({Op.CREATE, Op.IMPORT})
_ONLY_OLD = frozenset({Op.DELETE, Op.DELETE_REPLACED})
_BOTH = frozenset({Op.SAME, Op.UPDATE, Op.REPLACE, Op.CREATE_REPLACEMENT, Op.IMPORT_REPLACEMENT})


class Step(_Part):
    """One step of the engine's plan."""

    op: Op
    provider: str = ""
    urn: str = Field(pattern=r"(?s)^urn:pulumi:[^:]+::[^:]+::.+?::.*$")
    old_state: State | None = None
    new_state: State | None = None
    diff_reasons: list[str] = Field(default_factory=list)
    replace_reasons: list[str] = Field(default_factory=list)
    detailed_diff: dict[str, PropertyDiff] | None = None

    @model_validator(mode="after")
    def _has_what_is_judged(self) -> Self:
        """Refuse a step without a state that the engine always writes for it: without it a loss would look harmless."""
        for name, state, ops in (
            ("oldState", self.old_state, _BOTH | _ONLY_OLD),
            ("newState", self.new_state, _BOTH | _ONLY_NEW),
        ):
            if self.op in ops and state is None:
                raise PydanticCustomError("state", "a step of {op} has no {name}", {"op": self.op.value, "name": name})
            if self.op is Op.UPDATE and state and state.custom and "inputs" not in state.model_fields_set:
                raise PydanticCustomError("inputs", "an update has no {name}.inputs", {"name": name})
        # Before a step it may have had another type, of which the program says that it is this one.
        of, last = self.urn.split("::", 3)[2].rpartition("$")[2], self.new_state or self.old_state
        if last is not None and last.type != of:
            raise PydanticCustomError("type", "a {type} stands under the URN of a {of}", {"type": last.type, "of": of})
        return self


class Diagnostic(_Part):
    """Something that the engine or the program said."""

    passed_over = frozenset({"prefix", "urn"})

    message: str = ""
    severity: Literal["", "debug", "info", "info#err", "warning", "error"] = ""


class Digest(_Part):
    """A whole preview."""

    passed_over = frozenset({"config", "duration"})

    steps: list[Step] = Field(default_factory=list)
    diagnostics: list[Diagnostic] = Field(default_factory=list)
    maybe_corrupt: bool = False
    change_summary: dict[Op, Annotated[int, Field(ge=0)]] | None = None


def read_digest(data: dict[str, Any], source: str) -> Digest:
    """Read a parsed document.

    Args:
        data: The document.
        source: What to call it in messages.

    Raises:
        RefusedError: It has another shape, for example that of another version.
    """
    if not data.keys() & {"steps", "changeSummary", "diagnostics"}:
        raise RefusedError(
            f"{source}: is JSON, but no preview: it has neither steps nor changeSummary nor diagnostics; "
            "give what pulumi preview --json writes."
        )
    try:
        return Digest.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise RefusedError(
            f"{source}: {place.removeprefix('.')}: {first['msg'][:1].lower()}{first['msg'][1:]}; "
            f"this is not the form in which Pulumi {ENGINE} writes a preview, so it can't be judged."
        ) from None
