"""Quantities as the API server writes them: `7910m`, `32Gi`, `16134144Ki`, `4`."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {"": 1, "m": Decimal("0.001"), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_UNITS |= {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}


def amount(text: str) -> Decimal:
    """Return a quantity in processors, bytes or pieces.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(r"([0-9.]+(?:[eE][0-9]+)?)([a-zA-Z]{0,2})", text)
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"{text!r} is no quantity")
    return Decimal(found[1]) * _UNITS[found[2]]
