"""Judges what a stack was given, wherever it came from: the file itself or the engine's configuration."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from components.settings.characters import odd_texts
from components.settings.environment import NAMESPACE
from components.settings.explain import did_you_mean, mistakes_in, unknown_key
from components.settings.markers import Secret
from components.settings.own_names import contradictions
from components.settings.partial import partial
from components.settings.report import KeyPath, Mistake
from components.settings.rules import broken_rules
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings

#: The only text of several lines; what it may hold is said by its type.
CERTIFICATES = "objectStoreAuthority"


@dataclass(frozen=True)
class Given:
    """What a stack was given.

    Attributes:
        stack: The stack's name.
        values: Plain data by the name after `ballast:`, of secrets only those that are not encrypted.
        encrypted: Paths of encrypted values; a whole section where only that is known.
    """

    stack: str
    values: dict[str, object]
    encrypted: frozenset[KeyPath]


def judge(given: Given, assumed: Collection[str] = ()) -> tuple[StackSettings | None, list[Mistake]]:
    """Read the settings and find every mistake.

    Args:
        given: What the stack was given.
        assumed: Names of secrets that count as present although they are not.

    Returns:
        The settings, None if they can't be read, and the mistakes, paths beginning with `ballast:`.
    """
    sections = {info.alias or name for name, info in StackSettings.model_fields.items()}
    names = {path[0] for path in given.encrypted} | set(given.values)
    unknown = sorted(str(name) for name in names if name not in sections | set(SECRETS))
    meant = {did_you_mean(name, [*sections, *SECRETS]) for name in unknown}

    mistakes = [qualified(Mistake((name,), *_unknown(name, [*sections, *SECRETS]))) for name in unknown]
    mistakes += _about_secrets(given, {*assumed, *(name for name in meant if name)})
    data = {name: value for name, value in given.values.items() if name in sections}
    stack = None
    try:
        # As JSON, because pydantic's strict mode takes texts for enums and lists for tuples only from there.
        stack = StackSettings.model_validate_json(json.dumps(data))
        readable = stack
    except ValidationError as error:
        readable = partial(StackSettings, data)
        mistakes += [
            qualified(mistake)
            for mistake in mistakes_in(error, StackSettings)
            if not _is_below(mistake.path, given.encrypted)
            and not (mistake.path[0] in meant and mistake.path[0] not in given.values)
        ]
    mistakes += map(qualified, (*broken_rules(readable), *contradictions(readable, given.stack)))
    one_line = {name: value for name, value in given.values.items() if name != CERTIFICATES}
    odd = [qualified(mistake) for mistake in odd_texts(one_line)]
    # Whatever else is wrong with such a text is wrong because of it.
    spots = {mistake.path for mistake in odd}
    return stack, [*odd, *(mistake for mistake in mistakes if not _is_below(mistake.path, spots))]


def qualified(mistake: Mistake) -> Mistake:
    """The same mistake, its path as the file spells it."""
    first, *rest = mistake.path
    return Mistake((f"{NAMESPACE}:{first}", *rest), mistake.problem, mistake.remedy, mistake.line)


def _about_secrets(given: Given, assumed: Collection[str]) -> Iterator[Mistake]:
    known = {info.alias or name for name, info in StackSettings.model_fields.items()}
    for name, secret in SECRETS.items():
        command = f"pulumi config set --secret {NAMESPACE}:{name} --stack {given.stack}"
        if (name,) in given.encrypted:
            continue
        if name in given.values:
            problem = "is a secret in plain text; whoever reads the file or its history now knows it"
            yield qualified(Mistake((name,), problem, f"choose a new one and encrypt it: {command}"))
        elif name not in assumed and is_needed(secret, given.values):
            yield qualified(Mistake((name,), f"the secret is missing: {secret.purpose}", command))
    for path in given.encrypted:
        if path[0] in known:
            yield qualified(
                Mistake(
                    path,
                    "is encrypted, but inside a section it would be decrypted in the clear",
                    f"write it in plain text; the only secrets are {', '.join(SECRETS)}",
                )
            )


def is_needed(secret: Secret, values: Mapping[str, object]) -> bool:
    """Whether a stack of these values needs a secret: that of a section that it leaves out, it doesn't."""
    return secret.section is None or _has(values, secret.section)


def _has(values: object, section: str) -> bool:
    """Whether a section, dots between its keys, is given; behind `**` it may stand anywhere."""
    key, _, below = section.partition(".")
    if not isinstance(values, dict):
        return False
    if key == "**":
        return _has(values, below) or any(_has(value, section) for value in values.values())
    return _has(values.get(key), below) if below else values.get(key) is not None


def _unknown(name: str, known: list[str]) -> tuple[str, str]:
    problem, remedy = unknown_key(name, known)
    return problem, remedy.replace("`", f"`{NAMESPACE}:", 1)


def _is_below(path: KeyPath, tops: Collection[KeyPath]) -> bool:
    return any(path[: len(top)] == top for top in tops)
