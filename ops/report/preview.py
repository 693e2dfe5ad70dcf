"""A preview of one stack, read from what `pulumi preview --json` wrote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ops.errors import RefusedError
from ops.report.digest import Digest, Op, Step, read_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

STDIN = "-"
# The engine writes the fields of an event in this order.
_EVENT = '{"sequence":'
_NAMED = re.compile(r"([A-Za-z0-9._-]+)=(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What one preview says.

    Attributes:
        stack: Name of the stack.
        source: Where it was read, as it was typed.
        steps: All steps, in the engine's order.
        errors: What the engine said when the preview failed, secrets masked by the engine.
        warnings: How many warnings there were.
        unchanged: How many resources stay as they are, as the engine counted them.
        finished: False when the engine never came to count the changes.
    """

    stack: str
    source: str
    steps: tuple[Step, ...]
    errors: tuple[str, ...]
    warnings: int
    unchanged: int
    finished: bool

    @property
    def failed(self) -> bool:
        """Whether steps may be missing, so that nothing follows from their absence."""
        return bool(self.errors) or not self.finished


def read_previews(arguments: Iterable[str], stdin: BinaryIO) -> list[Preview]:
    """Read previews, one stack each.

    Args:
        arguments: `NAME=FILE` or `FILE`; `-` as the file is stdin.
        stdin: What `-` stands for.

    Raises:
        RefusedError: A file can't be read, is no whole preview, or its stack is given twice.
    """
    previews: dict[str, Preview] = {}
    files: list[str] = []
    for argument in arguments:
        named = _NAMED.fullmatch(argument)
        name, file = named.groups() if named else (None, argument)
        if file == STDIN and STDIN in files:
            raise RefusedError("stdin (-) is given twice, but it can be read only once; name a file for one of them.")
        files.append(file)
        preview = _preview(name, argument, _text(file, stdin))
        if other := previews.get(preview.stack):
            raise RefusedError(
                f"{argument}: stack {preview.stack} is given twice, first by {other.source}; leave one of them out."
            )
        previews[preview.stack] = preview
    return list(previews.values())


def _text(file: str, stdin: BinaryIO) -> str:
    try:
        return (stdin.read() if file == STDIN else Path(file).read_bytes()).decode()
    except FileNotFoundError:
        raise RefusedError(f"{file}: there is no such file; pulumi preview --json > {file} writes it.") from None
    except OSError as error:
        raise RefusedError(f"{file}: can't be read ({error.strerror}); make it a readable file.") from None
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{file}: is not UTF-8 at byte {error.start}, so it is not what pulumi preview --json writes; "
            "run the preview again."
        ) from None


def _preview(name: str | None, source: str, text: str) -> Preview:
    digest = read_digest(_parsed(text, source), source)
    _check_count(source, digest)
    return Preview(
        stack=_stack(name, source, digest),
        source=source,
        steps=tuple(digest.steps),
        errors=tuple(said.message.strip() for said in digest.diagnostics if said.severity == "error"),
        warnings=sum(said.severity == "warning" for said in digest.diagnostics),
        unchanged=(digest.change_summary or {}).get("same", 0),
        finished=digest.change_summary is not None,
    )


def _check_count(source: str, digest: Digest) -> None:
    """Refuse a document that somebody has shortened: the engine lists every deletion and replacement that it counts."""
    for op in (Op.DELETE, Op.REPLACE):
        counted = (digest.change_summary or {}).get(op, 0)
        listed = sum(step.op is op for step in digest.steps)
        if listed < counted:
            raise RefusedError(
                f"{source}: counts {counted} steps of {op}, but lists {listed}, so steps were taken out of it; "
                "give the document as pulumi preview --json wrote it."
            )


def _parsed(text: str, source: str) -> dict[str, Any]:
    if not text.strip():
        raise RefusedError(f"{source}: is empty, so the preview wrote nothing; run it again and read what it says.")
    if text.lstrip().startswith(_EVENT):
        raise RefusedError(
            f"{source}: is a stream of engine events, whose debug events hold secret outputs in plain text; delete "
            "the file, unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW and run pulumi preview --json again."
        )
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        byte = len(text[: error.pos].encode())
        raise RefusedError(
            f"{source}: is not JSON at byte {byte} of {len(text.encode())} ({error.msg}), so it was cut off or is not "
            "what pulumi preview --json writes; run the preview again and let it end."
        ) from None
    except RecursionError:
        raise RefusedError(f"{source}: is nested deeper than any preview; run the preview again.") from None
    if not isinstance(data, dict):
        raise RefusedError(
            f"{source}: holds no preview, which is a JSON object; give what pulumi preview --json writes."
        )
    return data


def _stack(name: str | None, source: str, digest: Digest) -> str:
    found = sorted({step.urn.split(":", 3)[2] for step in digest.steps})
    if len(found) > 1:
        raise RefusedError(f"{source}: speaks of the stacks {' and '.join(found)}; a preview is of one stack.")
    if found and name not in (None, found[0]):
        raise RefusedError(f"{source}: is a preview of {found[0]}, not of {name}; correct the name or the file.")
    if not found and name is None:
        raise RefusedError(f"{source}: has no step that would tell its stack; write STACK={source}.")
    return found[0] if found else str(name)
