"""The ground of strict models: what a program that can't run here documents of its configuration."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Refuses a key that it doesn't know and a value of another type, as the program does at its start."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
