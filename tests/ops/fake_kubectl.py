"""Stands in for kubectl: writes down what it is asked and answers from a file beside it.

The rules are tried in their order; one fits when all its words are among the arguments. Its answers are given one after
the other, the last one for ever.
"""

import fcntl
import json
import os
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    arguments = sys.argv[1:]
    stdin = sys.stdin.read() if "create" in arguments else ""
    with (FOLDER / "calls.jsonl").open("a+") as calls:
        fcntl.flock(calls, fcntl.LOCK_EX)
        calls.seek(0)
        before = [json.loads(line) for line in calls]
        rule = next(
            (number for number, (words, _) in enumerate(rules()) if set(words) <= set(arguments)),
            None,
        )
        calls.write(json.dumps({"arguments": arguments, "stdin": stdin, "rule": rule}) + "\n")
        calls.flush()
    if rule is None:
        sys.stderr.write(f"the fake has no answer to {' '.join(arguments)}\n")
        return 1
    answers = rules()[rule][1]
    answer = answers[min(sum(call["rule"] == rule for call in before), len(answers) - 1)]
    sys.stdout.write(answer.get("text", ""))
    sys.stderr.write(answer.get("error", ""))
    sys.stdout.flush()
    if answer.get("hangs"):
        # As `logs --follow` does on a pod that says nothing; a test that loses it would leave no process for long.
        (FOLDER / "hanging").write_text(str(os.getpid()))
        time.sleep(20)
    return answer.get("code", 0)


def rules() -> list:
    return json.loads((FOLDER / "answers.json").read_text())


sys.exit(main())
