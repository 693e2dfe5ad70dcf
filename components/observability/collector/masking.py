"""What is masked in traces and logs before anything leaves the gateway, and what never is: counts of tokens.

Go's regular expressions (RE2) neither look ahead nor behind; the redaction processor puts `****` in place of whatever
matches, so a pattern that has to see its neighbour swallows it. It asks its patterns in no order, another one for each
value: where one could take a part of what another takes whole, the two are one. Each pattern costs microseconds of each
line unless it begins with a fixed text, which Go looks for first (`make bench`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from components.observability.collector.agent_configuration import POD_METADATA

if TYPE_CHECKING:
    from components.observability.collector.settings import MaskSettings

MASK = "****"

KEY_PATTERNS = (
    r"(?i)(^|[^a-z])(pass|pwd)$",
    r"(?i)(passw(or)?d|passphrase|secret|credentials?|authorization|cookies?|dsn|connection[._-]?string)$",
    r"(?i)(secret|api|access|private|encryption|signing|account|subscription|license)[._-]?key$",
    r"(?i)token$",
)
"""Names of attributes whose value is masked whole. Each ends where the name does: `password_policy` and
`gen_ai.usage.input_tokens` are something else than a password and a token."""

ORIGIN = ("deployment.environment.name", "k8s.cluster.name")
"""What the gateway adds to every signal."""

NO_SECRETS = (r"(?i)(first|last|next|per|each|input|output|prompt|completion)[._-]?token$",)
"""Names that end in `token` and are a time or a price for one: never touched."""

_EDGES = r"\s\"'<>()\[\]{},;:=/\\|&?@%"
_LABEL = rf"[^{_EDGES}.]+"
_QUOTE = r"\\*[\"']?"
# What stands between a name and its value, the words before a password in a header, and the value itself.
_ASSIGNED = rf"{_QUOTE}\s*[:=]\s*(?:(?i:basic|bearer|digest)\s+)?"
_VALUE = r"(?:\\*\"(?:[^\"\\]|\\[^\"])*\\*\"|'[^']*'|[^\s,;&\"'}\\]+)"
# A token's value has to look like one: `token: 512` and `time_to_first_token=0.35` do not.
_TOKEN_VALUE = rf"{_QUOTE}\s*[:=]\s*{_QUOTE}[0-9.]*[A-Za-z_~+/-][A-Za-z0-9._~+/=-]{{11,}}"
_BEARER_VALUE = r"\s+[A-Za-z0-9._~+/=-]{8,}"
_SECRETS = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "authorization",
    "cookie",
    "api key",
    "access key",
    "private key",
    "secret key",
)


def _spelled(name: str, rest: str) -> list[str]:
    """Patterns for password, Password, PASSWORD; api_key, api-key, apikey, apiKey, ApiKey, API_KEY.

    Not one that ignores case: Go could look for no fixed text, and each would cost fifty times as much.
    """
    first, _, second = name.partition(" ")
    forms = (name, name.title(), name.upper(), f"{first} {second.title()}".strip())
    return [form.replace(" ", "[_-]?") + rest for form in dict.fromkeys(forms)]


# An IBAN, in groups of four or not.
_IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"
# A digit, a letter or a point before it means an identifier, or a score like 0.4111....
_BEFORE_CARD = r"(?:^|[^0-9A-Za-z.])"
# Payment cards, in groups or not: Visa, Mastercard, Discover, Maestro, UnionPay, JCB; and those of 14 and 15 digits,
# Diners and American Express.
_CARD = r"(?:4\d{3}|5[0-8]\d{2}|2[2-7]\d{2}|6\d{3}|35\d{2})(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?\b"
_SHORT_CARD = r"3\d{3}[ -]?\d{6}[ -]?\d{4,5}\b"

# What a word could end with too: keys of OpenAI, Anthropic, Stripe, Hugging Face, npm; Logfire, PyPI, SendGrid.
_PLAIN_PREFIX = r"[spr]k[-_][\w-]{16,}|hf_[A-Za-z0-9]{30,}|npm_\w{36,}"
_LONG_PREFIX = r"pylf_v\d+_[a-z]+_\w{20,}|pypi-[\w-]{50,}|SG\.[\w-]{16,}\.[\w-]{16,}"

VALUE_PATTERNS = (
    # E-mail addresses, also with their sign encoded as in URLs, and in any alphabet.
    rf"[^{_EDGES}]+(?:@|%40)(?:{_LABEL}\.)+[^{_EDGES}.\d]{{2,}}",
    # Names with a value in one text: password=..., "secret": "...", Authorization: Basic ...
    *(pattern for name in _SECRETS for pattern in _spelled(name, _ASSIGNED + _VALUE)),
    *_spelled("token", _TOKEN_VALUE),
    *_spelled("bearer", _BEARER_VALUE),
    # The password in an address: scheme://user:password@host
    r"://[^/\s:@?#\"']*:[^/\s@\"']+@",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
    # Keys by the prefix that their issuer gives them: JSON Web Tokens, AWS, GitHub, GitLab, Slack, Google.
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
    r"AKIA[0-9A-Z]{16}",
    r"ASIA[0-9A-Z]{16}",
    r"github_pat_\w{22,}",
    r"gh[pousr]_\w{36,}",
    r"glpat-[\w-]{20,}",
    r"xox[a-z]-[\w-]{10,}",
    r"AIza[\w-]{35}",
    rf"\b(?:{_PLAIN_PREFIX}|{_LONG_PREFIX})",
    rf"{_IBAN}|{_BEFORE_CARD}(?:{_CARD}|{_SHORT_CARD})",
)
"""What is masked wherever it stands: values of attributes, lines of logs, names and messages of spans."""


def redaction(masks: MaskSettings) -> dict[str, Any]:
    """Return the processor that masks attributes of traces and logs, and the lines of logs.

    Args:
        masks: what this platform masks beside what is always masked.
    """
    return {
        "allow_all_keys": True,
        # A number or a list can hold a card's number as well as a text can.
        "redact_all_types": True,
        # By these logs are found, and kept for as long as their stream is; a mask that is too wide takes none away.
        "ignored_keys": [*POD_METADATA, *ORIGIN],
        "ignored_key_patterns": [_literal(pattern) for pattern in NO_SECRETS],
        "blocked_key_patterns": [_literal(pattern) for pattern in (*KEY_PATTERNS, *masks.keys)],
        "blocked_values": [_literal(pattern) for pattern in (*VALUE_PATTERNS, *masks.values)],
        # Where something was masked shows by the mask; a count beside it would be one more attribute to pay for.
        "summary": "silent",
    }


def span_texts(masks: MaskSettings) -> dict[str, Any]:
    """Return the processor that masks what the redaction processor leaves: texts of spans that are no attributes."""
    patterns = (*VALUE_PATTERNS, *masks.values)
    # Two groups: in one the statements on spans would be run once for each event, and never for a span without.
    targets = {"span": ("span.name", "span.status.message"), "spanevent": ("spanevent.name",)}
    return {
        # A statement that fails must not let anything pass unmasked.
        "error_mode": "propagate",
        "trace_statements": [
            {
                "context": context,
                "statements": [
                    f"replace_pattern({field}, {json.dumps(_literal(pattern))}, {json.dumps(MASK)})"
                    for field in fields
                    for pattern in patterns
                ],
            }
            for context, fields in targets.items()
        ],
    }


def _literal(pattern: str) -> str:
    """A pattern as the collector reads it: a lone `$` could begin a reference to another source of configuration."""
    return pattern.replace("$", "$$")
