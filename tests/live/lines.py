"""Lines as applications log them, and what may be left of them."""

from __future__ import annotations

GOLDEN = {
    "mail from alice.ohara+tag@example.co.uk, thanks": "mail from ****, thanks",
    "jürgen@müller-gmbh.de wrote": "**** wrote",
    "GET /users?mail=bob%40example.org&page=2": "GET /users?mail=****&page=2",
    "card 4111 1111 1111 1111 declined": "card**** declined",
    "card 4111111111111111": "card****",
    "5500-0000-0000-0004 expired": "**** expired",
    '{broken "card": "378282246310005"': '{broken "card": ****"',
    "amex 3782 822463 10005": "amex****",
    "unionpay 6200 0000 0000 0000 003": "unionpay****",
    "iban DE44 5001 0517 5407 3249 31 booked": "iban **** booked",
    "iban GB33BUKB20201555555555": "iban ****",
    "key sk-proj-abcdefghijklmnop1234 was used": "key **** was used",
    "stripe sk_live_abcdefghijklmnop1234": "stripe ****",
    "aws AKIAIOSFODNN7EXAMPLE": "aws ****",
    "github ghp_abcdefghijklmnopqrstuvwxyz0123456789": "github ****",
    "slack xoxb-1234567890-abcdefghij": "slack ****",
    "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl end": "jwt **** end",
    "header Authorization: Basic dXNlcjpwYXNzd29yZA==": "header ****",
    "sent Bearer abcdef1234567890": "sent ****",
    "connect postgres://shop:s3cret@db:5432/shop": "connect postgres****db:5432/shop",
    "login password=hunter2 ok": "login **** ok",
    "login user_password: 'hunter2 and more' ok": "login user_**** ok",
    'body {"api_key": "abc123", "n": 1}': 'body {"****, "n": 1}',
    'escaped {\\"client_secret\\":\\"abc123\\",\\"n\\":1}': 'escaped {\\"client_****,\\"n\\":1}',
    "refresh_token=abcdefghijklmnop1234": "refresh_****",
    "Set-Cookie: session=abc123": "Set-****",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nAAKC\n-----END RSA PRIVATE KEY-----": "****",
}
"""Lines as they are logged, and as they are kept."""

INNOCENT = (
    "input_tokens=1523 output_tokens=512 total_tokens: 2035 max_tokens=10000000",
    '{"usage" {"prompt_tokens": 128000, "completion_tokens": 65536, "prompt_eval_count": 1048576}',
    "time_to_first_token=0.3512345678901234 price_per_token=0.000015 output_token: 12.5",
    "score 0.4111111111111111 of 0.5500000000000004",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
    "request 123e4567-e89b-12d3-a456-426614174000 took 1523 ms",
    "at 1795262446186452987 ns, 1795262446186 ms",
    "image app@sha256:4111111111111111111111111111111111111111111111111111111111111111",
    "version 1.2.3, python 3.11.9, 10.42.0.17:8080, commit 8531ac6",
    "token limit reached: 4096 tokens per call; basic authentication is off",
    "the password policy and the secret manager were reloaded",
)
"""Lines that must be kept letter by letter: what people search for, and what costs are reckoned by."""
