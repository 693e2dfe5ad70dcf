"""The table of all settings, generated from the models into docs/settings.md."""

from collections.abc import Iterator

from components.settings.environment import NAMESPACE
from components.settings.fields import Field, fields
from components.settings.markers import Section
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings

_INTRODUCTION = """\
# Settings

Every key of `Pulumi.<environment>.yaml`. Made by `./ballast settings --write` from the models in
`components/settings/`; don't edit it by hand. What is marked *optional* may be left out or be `null`.

How a value travels between environments:

- **Promoted**: becomes equal downstream, in one environment after the other (`promotesFrom`).
- **Bound**: belongs to this environment and is never copied. Unique: no two environments may have the same value;
  unique with another key: no two may have the same of both.
- **Scaled**: differs by size, by the rule in brackets.
- **Secret**: only its presence is compared; set with `pulumi config set --secret KEY --stack STACK`.

`*` stands for a name of your own.
"""


def settings_table() -> str:
    """The page in Markdown."""
    return "\n".join([_INTRODUCTION, *_sections(), *_secrets()]) + "\n"


def _sections() -> Iterator[str]:
    alone = [field for field in fields(StackSettings) if len(field.path) == 1 and field.section is None]
    yield from _table("The stack", alone)
    for top in fields(StackSettings):
        if len(top.path) == 1 and top.section is not None:
            every = [field for field in fields(StackSettings) if field.path[:1] == top.path and field != top]
            below = [field for field in every if not _is_plain_section(field)]
            optional = "" if top.info.is_required() else " *optional*"
            yield from _table(f"`{NAMESPACE}:{top.path[0]}`{optional}", below, top.meaning)


def _is_plain_section(field: Field) -> bool:
    return isinstance(field.markers[0], Section)


def _table(title: str, rows: list[Field], about: str = "") -> Iterator[str]:
    yield f"## {title}\n"
    if about:
        yield f"{about}\n"
    yield "| Key | Travels | Takes | Meaning |\n| --- | --- | --- | --- |"
    for field in rows:
        key = f"{NAMESPACE}:{'.'.join(field.path)}" if len(field.path) == 1 else ".".join(field.path[1:])
        optional = "" if field.info.is_required() else " *optional*"
        yield f"| `{key}`{optional} | {field.markers[0].label} | {field.takes} | {field.meaning} |"
    yield ""


def _secrets() -> Iterator[str]:
    yield "## Secrets\n\n| Key | Opens | Read by |\n| --- | --- | --- |"
    for name, secret in SECRETS.items():
        needed = f" *with `{NAMESPACE}:{secret.section}`*" if secret.section else ""
        yield f"| `{NAMESPACE}:{name}`{needed} | {secret.purpose} | {', '.join(secret.readers)} |"
