"""Put report.md into the pull request PULL_REQUEST: into the comment that an earlier run made, else into a new one.

Needs `gh` with a token that may write pull requests (GH_TOKEN), GITHUB_REPOSITORY and RUN_URL.
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
    if report.exists() and report.read_text(encoding="utf-8").startswith(MARKER):
        return report.read_text(encoding="utf-8")
    # The comment of an earlier commit must not stand there as if it spoke of this one.
    return f"{MARKER}\n**No report could be made for this commit**; why stands in {os.environ['RUN_URL']}.\n"


def _gh(*arguments: str, given: str | None = None) -> str:
    command = ["gh", "api", *arguments]
    return subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - found on the PATH of the runner


if __name__ == "__main__":
    main()
