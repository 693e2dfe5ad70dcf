"""The files of this repository that are made from the models of a stack file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from components.settings.schema import stack_schema
from components.settings.table import settings_table

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = Path("docs/schema/stack.schema.json")
TABLE = Path("docs/settings.md")


def generated() -> dict[Path, str]:
    """Return what each file must hold, by its path in the project."""
    return {SCHEMA: json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n", TABLE: settings_table()}


def write_all(project: Path = PROJECT) -> None:
    """Write the files anew and say which."""
    for path, text in generated().items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}: written\n")
