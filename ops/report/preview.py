"""A preview of one stack, read from what `pulumi preview --json` wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ops.errors import RefusedError
from ops.report.digest import Digest, Op, Step, read_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = "-"
# The engine writes the fields of an event in this order.
_EVENT = '{"sequence":'
_OFTEN = (Op.DELETE, Op.DELETE_REPLACED, Op.REFRESH, Op.READ)
_NAMED = re.compile(r"([A-Za-z0-9._-]+)=(.+)", re.DOTALL)


class _RepeatedKeyError(Exception):
    """An object of the document has a key twice."""


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
        missing: What was counted and is not listed.
        unread: Why the document can't be judged at all; empty when it was.
    """

    stack: str
    source: str
    steps: tuple[Step, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: int = 0
    unchanged: int = 0
    finished: bool = True
    missing: tuple[str, ...] = ()
    unread: str = ""

    @property
    def failed(self) -> bool:
        """Whether steps may be missing, so that nothing follows from their absence."""
        return bool(self.errors or self.missing or self.unread) or not self.finished


def read_previews(arguments: Iterable[str], stdin: BinaryIO) -> list[Preview]:
    """Read previews, one stack each; a document that can't be judged takes no other with it.

    Args:
        arguments: `NAME=FILE` or `FILE`; `-` as the file is stdin.
        stdin: What `-` stands for.

    Raises:
        RefusedError: Stdin or a stack is given twice.
    """
    previews: dict[str, Preview] = {}
    files: list[str] = []
    for argument in arguments:
        named = _NAMED.fullmatch(argument)
        name, file = named.groups() if named else (None, argument)
        if file == STDIN and STDIN in files:
            raise RefusedError("stdin (-) is given twice, but it can be read only once; name a file for one of them.")
        files.append(file)
        try:
            preview = _preview(name, argument, _text(file, stdin))
        except RefusedError as error:
            preview = Preview(stack=name or file, source=argument, unread=str(error))
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
    return Preview(
        stack=_stack(name, source, digest),
        source=source,
        steps=tuple(digest.steps),
        errors=tuple(said.message.strip() for said in digest.diagnostics if said.severity == "error"),
        warnings=sum(said.severity == "warning" for said in digest.diagnostics),
        unchanged=(digest.change_summary or {}).get(Op.SAME, 0),
        finished=digest.change_summary is not None and not digest.maybe_corrupt,
        missing=tuple(_missing(digest)),
    )


def _missing(digest: Digest) -> Iterator[str]:
    """Say which steps the engine counted and the document doesn't list; a step that only reads touches nothing."""
    # A resource is deleted as often as it was left over; everything else happens to it once.
    distinct = {(step.op, step.urn, index if step.op in _OFTEN else 0) for index, step in enumerate(digest.steps)}
    listed = Counter(op for op, *_ in distinct)
    for op, counted in (digest.change_summary or {}).items():
        if op is not Op.READ and listed[op] < counted:
            remedy = "run the preview with --show-sames" if op is Op.SAME else "steps were taken out of it"
            yield f"counts {counted:,} steps of {op}, but lists {listed[op]:,}: {remedy}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the document; of a key that stands in it twice nobody knows which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKeyError
    return found


def _parsed(text: str, source: str) -> dict[str, Any]:
    if not text.strip():
        raise RefusedError(f"{source}: is empty, so the preview wrote nothing; run it again and read what it says.")
    if text.lstrip().startswith(_EVENT):
        raise RefusedError(
            f"{source}: is a stream of engine events, whose debug events hold secret outputs in plain text; delete "
            "the file, unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW and run pulumi preview --json again."
        )
    try:
        data = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        byte = len(text[: error.pos].encode())
        raise RefusedError(
            f"{source}: is not JSON at byte {byte} of {len(text.encode())} ({error.msg}), so it was cut off or is not "
            "what pulumi preview --json writes; run the preview again and let it end."
        ) from None
    except _RepeatedKeyError:
        raise RefusedError(
            f"{source}: holds a key twice in one object, which pulumi preview --json never writes; "
            "run the preview again."
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
