"""What OpenSearch's security plugin asks of a password: one that it would refuse is refused at preview already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 100
"""Characters."""

SAFE = 3
"""Score of a password that is hard to guess, from 0 to 4, as zxcvbn counts; the plugin counts by the same rules."""


def password_of(user: str) -> Callable[[str], str | None]:
    """Return what finds the fault of a user's password; it never repeats the password."""
    return lambda password: _fault(user, password)


def _fault(user: str, password: str) -> str | None:
    if len(password) > LONGEST:
        return f"has {len(password)} characters, and OpenSearch takes at most {LONGEST}"
    # Its lists of words take 60 ms to load, and most commands judge no password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    judged = zxcvbn(password, user_inputs=[user], max_length=LONGEST)
    plain = password.casefold()
    if (
        user in plain
        or user[::-1] in plain
        or any(part.get("dictionary_name") == "user_inputs" for part in judged["sequence"])
    ):
        return f"holds its user's name, {user}, forwards, backwards or with digits for letters; OpenSearch refuses that"
    if judged["score"] < SAFE:
        return f"is guessed too easily: a score of {judged['score']}, and OpenSearch asks for {SAFE} of 4"
    return None
