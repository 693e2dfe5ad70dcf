"""Regular expressions for masking, and what they may never match."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from components.settings.base import refuse

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
#: Go's regular expressions, which the collector has, don't know these.
_NOT_IN_GO = re.compile(r"\(\?(=|!|<=|<!)|\\[1-9]")


def _compiled(value: str) -> re.Pattern[str]:
    if _NOT_IN_GO.search(value):
        refuse(f"`{value}` looks ahead, behind or back, which the collector can't", "write it without")
    try:
        return re.compile(value)
    except re.error as error:
        refuse(f"`{value}` is not a regular expression: {error}", "write for example ^customer[.]name$")


def _key(value: str) -> str:
    _refuse_counts(value, TOKEN_COUNTS, _compiled(value).search, "anchor it, for example ^(.*[._-])?api[._-]?token$")
    return value


def _value(value: str) -> str:
    counts = (*_COUNTS, *(f"{name}={count}" for name in TOKEN_COUNTS for count in _COUNTS))
    _refuse_counts(value, counts, _compiled(value).search, "name what stands around it, for example KD-[0-9]{8}")
    return value


def _refuse_counts(value: str, counts: tuple[str, ...], matches: Callable[[str], object], remedy: str) -> None:
    swallowed = next((count for count in counts if matches(count)), None)
    if swallowed is not None:
        refuse(f"`{value}` would mask token counts such as {swallowed}, by which costs are reckoned", remedy)


KeyPattern = Annotated[str, AfterValidator(_key)]
ValuePattern = Annotated[str, AfterValidator(_value)]
