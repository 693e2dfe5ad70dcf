"""Regular expressions for masking, judged by RE2 as the collector does, and what they may never match."""

import functools
import re
from collections.abc import Callable
from typing import Annotated

import re2
from pydantic import AfterValidator

from components.settings.base import refuse
from components.settings.matching import refuse_what_stands_for_another
from components.settings.shown import shown

#: What models and conventions call the tokens that a call used: semconv's gen_ai, its predecessors, Ollama's answer.
TOKEN_COUNTS = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.completion_tokens",
    "gen_ai.usage.total_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.token.type",
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "llm.usage.total_tokens",
    "prompt_eval_count",
    "eval_count",
    "max_tokens",
    "gen_ai.request.max_tokens",
)
#: Token counts as they stand in a line: no call has more digits than eight.
_COUNTS = ("0", "17", "512", "1523", "65536", "128000", "1048576", "10000000")
#: What stands between a name and its count.
_FORMS = ("{name}={count}", "{name}: {count}", '"{name}":{count}', '"{name}": {count},')
#: What RE2 takes and Go refuses, or takes for something else than whoever writes it means: `\\C`, a class of POSIX
#: outside brackets, and a repetition without a first number, which both read as a text.
_NOT_MEANT = re.compile(r"\\C|\{,[0-9]+\}")
_ESCAPED = re.compile(r"\\[^C]")
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?[a-z]+:\]|[^\]])*\]")
_BARE_CLASS = re.compile(r"\[:\^?[a-z]+:\]")
#: How bad a line is, as programs write it.
_LEVELS = [
    form
    for word in ("trace", "debug", "info", "warn", "warning", "error", "fatal", "critical")
    for form in (word, word.upper(), word.title())
]
#: Lines as programs write them, with nothing in them that has to be hidden.
PLAIN_LINES = (
    "2026-11-28T16:10:57.123Z INFO request finished status=200 path=/api/search duration=0.35s",
    '{"level": "warning", "message": "index is slow", "index": "documents", "took": 1523}',
    "Traceback (most recent call last): ValueError: no such collection",
    "Exception: connection failed after a timeout",
    *_LEVELS,
)
#: Attributes by which failed requests are found and counted, as the conventions of OpenTelemetry and loggers name them.
ORDINARY_KEYS = (
    *("level", "severity", "severity_text", "error.type", "exception.type", "http.response.status_code"),
    *("http.request.method", "http.route", "rpc.method", "gen_ai.request.model"),
)
MASK = "****"


def _compiled(value: str) -> "re2._Regexp":
    """A pattern as the collector reads it; Go's regular expressions are RE2's."""
    example = "write for example KD-[0-9]{8}"
    if value != value.strip() or not value:
        refuse(f"`{shown(value)}` is empty or has blanks around it, which would have to match too", example)
    refuse_what_stands_for_another(value, example)
    without_escapes = _ESCAPED.sub("..", value)
    bare = next((found[0] for found in _CLASS.finditer(without_escapes) if _BARE_CLASS.fullmatch(found[0])), None)
    unmeant = _NOT_MEANT.search(_CLASS.sub(".", without_escapes))
    if bare or unmeant:
        what = bare or (unmeant and unmeant[0])
        refuse(f"`{shown(value)}` has {what}, which Go's regular expressions take for something else", example)
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(value, options)
    except re2.error as error:
        said = error.args[0]
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        refuse(f"`{shown(value)}` is no regular expression of Go, which the collector reads: {shown(words)}", example)


def taken(value: str, line: str) -> str:
    """A line as it is kept where a pattern masks it."""
    return _compiled(value).sub(MASK, line)


def _key(value: str) -> str:
    remedy = "anchor it, for example ^(.*[._-])?api[._-]?token$"
    matches = _compiled(value).search
    _refuse_counts(value, TOKEN_COUNTS, matches, remedy)
    taken_away = next((key for key in ORDINARY_KEYS if matches(key)), None)
    if taken_away is not None:
        refuse(f"`{shown(value)}` would mask {taken_away}, by which people find what went wrong", remedy)
    return value


@functools.lru_cache(maxsize=64)  # hundreds of searches, and a file's own patterns are read several times
def _value(value: str) -> str:
    written = (form.format(name=name, count=count) for form in _FORMS for name in TOKEN_COUNTS for count in _COUNTS)
    pattern = _compiled(value)
    remedy = "name what stands around it, for example KD-[0-9]{8}"
    _refuse_counts(value, (*_COUNTS, *written), pattern.search, remedy)
    for line in PLAIN_LINES:
        if (found := pattern.search(line)) is not None:
            what = f"`{found[0]}`" if found[0] else "no character, and so anywhere"
            refuse(f"`{shown(value)}` matches {what} in `{line}`, in which nothing has to be hidden", remedy)
    return value


def _refuse_counts(value: str, counts: tuple[str, ...], matches: Callable[[str], object], remedy: str) -> None:
    swallowed = next((count for count in counts if matches(count)), None)
    if swallowed is not None:
        refuse(f"`{shown(value)}` would mask token counts such as {swallowed}, by which costs are reckoned", remedy)


KeyPattern = Annotated[str, AfterValidator(_key)]
ValuePattern = Annotated[str, AfterValidator(_value)]
