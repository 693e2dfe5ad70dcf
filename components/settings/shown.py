"""Values as messages repeat them: short, on one line, and nothing of what was pasted by mistake."""

_A_LINE = 100


def shown(text: str) -> str:
    """A text, or how much of it there is."""
    if len(text) > _A_LINE or not text.isprintable():
        lines = text.count("\n") + 1
        pasted = "of a certificate or key" if "-----BEGIN" in text else "of text"
        return f"{lines:,} line{'' if lines == 1 else 's'} {pasted}, {len(text):,} characters"
    return text


def described(value: object) -> str:
    """A value in a few words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        short = shown(value)
        return f"the text `{value}`" if short == value else short
    return "a list" if isinstance(value, (list, tuple)) else "a section of keys"
