"""Byte-exact edits of a stack file: what is to change is replaced in place, and nothing else is written anew."""

from __future__ import annotations

from ops.promotion.change import REMOVED, Change

__all__ = ["REMOVED", "Change"]
