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
#: What stands between a name and its count.
_FORMS = ("{name}={count}", "{name}: {count}", '"{name}":{count}', '"{name}": {count},')
#: Go's regular expressions, which the collector has, don't know these: looking around, conditions, comments, atomic
#: groups, flags of Python, references back, the end as \Z, and quantifiers that give nothing back.
_NOT_IN_GO = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=|[a-z]*[aLux])|\\(?:[1-9]|Z)|[*+?}]\+")
#: Escaped characters and classes, in which those mean themselves.
_LITERAL = re.compile(r"\\[^1-9Z]|\[(?:\\.|[^\]\\])+\]")
#: Go refuses to repeat more often than this.
_MOST_REPEATED = 1000
_REPEATED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def _compiled(value: str) -> re.Pattern[str]:
    if _NOT_IN_GO.search(_LITERAL.sub(".", value)):
        refuse(
            f"`{value}` has what Go's regular expressions lack: looking around or back, possessive quantifiers, \\Z, "
            "or flags other than i, m, s",
            "write it without",
        )
    if any(int(times or 0) > _MOST_REPEATED for found in _REPEATED.finditer(value) for times in found.groups()):
        refuse(
            f"`{value}` repeats more than {_MOST_REPEATED} times, which the collector can't", "write a smaller number"
        )
    try:
        return re.compile(value)
    except re.error as error:
        refuse(f"`{value}` is not a regular expression: {error}", "write for example ^customer[.]name$")


def _key(value: str) -> str:
    _refuse_counts(value, TOKEN_COUNTS, _compiled(value).search, "anchor it, for example ^(.*[._-])?api[._-]?token$")
    return value


def _value(value: str) -> str:
    written = (form.format(name=name, count=count) for form in _FORMS for name in TOKEN_COUNTS for count in _COUNTS)
    counts = (*_COUNTS, *written)
    _refuse_counts(value, counts, _compiled(value).search, "name what stands around it, for example KD-[0-9]{8}")
    return value


def _refuse_counts(value: str, counts: tuple[str, ...], matches: Callable[[str], object], remedy: str) -> None:
    swallowed = next((count for count in counts if matches(count)), None)
    if swallowed is not None:
        refuse(f"`{value}` would mask token counts such as {swallowed}, by which costs are reckoned", remedy)


KeyPattern = Annotated[str, AfterValidator(_key)]
ValuePattern = Annotated[str, AfterValidator(_value)]
