"""Put report.md into the pull request PULL_REQUEST: into the comment that an earlier run made, else into a new one.

Needs `gh` with a token that may write pull requests (GH_TOKEN), GITHUB_REPOSITORY, RUN_URL, the COMMIT that was judged,
and judge.txt: files of the change that belong to what judges it.
"""

# ruff: noqa: INP001 - a script of the workflows, run by its path

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

MARKER = "<!-- ballast-preview -->"
AUTHOR = "github-actions[bot]"
"""Who comments with a workflow's own token: a person's comment with the same marker is never overwritten."""

NAMES = 10
"""Files of the judge that are named."""


def main() -> None:
    """Write the comment."""
    repository, pull_request = os.environ["GITHUB_REPOSITORY"], os.environ["PULL_REQUEST"]
    comments = f"repos/{repository}/issues/{pull_request}/comments"
    pages = json.loads(_gh(comments, "--paginate", "--slurp"))
    own = [
        comment["id"]
        for page in pages
        for comment in page
        if comment["user"]["login"] == AUTHOR and comment["body"].startswith(MARKER)
    ]
    body = json.dumps({"body": _body()})
    if own:
        _gh(f"repos/{repository}/issues/comments/{own[0]}", "--method", "PATCH", "--input", "-", given=body)
    else:
        _gh(comments, "--method", "POST", "--input", "-", given=body)


def _body() -> str:
    report = Path("report.md")
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    if not text.startswith(MARKER):
        # The comment of an earlier commit must not stand there as if it spoke of this one.
        text = f"**No report could be made for this commit**; why stands in {os.environ['RUN_URL']}.\n"
    return f"{MARKER}\nOf commit {os.environ['COMMIT']}.\n{_about_the_judge()}\n{text.removeprefix(MARKER).lstrip()}"


def _about_the_judge() -> str:
    file = Path("judge.txt")
    names = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if not names:
        return ""
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    shown = ", ".join(f"`{name.replace('`', '')}`" for name in names[:NAMES])
    return (
        f"\n> **This change touches what judges changes**: {shown}{more}. What follows was made by the base's code and "
        "says nothing of that: read these files.\n"
    )


def _gh(*arguments: str, given: str | None = None) -> str:
    command = ["gh", "api", *arguments]
    return subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - found on the PATH of the runner


if __name__ == "__main__":
    main()
