"""What reviewers see: previews that leave nothing in a log, one report, one comment."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.programs

SCRIPTS = ".github/scripts"
COMMENT = {"PULL_REQUEST": "17", "RUN_URL": "https://example.com/run", "COMMIT": "1234567"}
OF_THIS = "<!-- ballast-preview -->\nOf commit 1234567.\n\nall well\n"
BOTH = "ballast preview-report dev=previews/dev.json staging=previews/staging.json"
COMMENTS = "gh api repos/acme/ballast/issues/17/comments"


def comment(number, author, body):
    return {"id": number, "user": {"login": author}, "body": body}


def sent(runner):
    """The body of the one comment that was written, and the call that wrote it."""
    (call,) = [call for call in runner.fakes.calls() if call["given"]]
    return call["line"], json.loads(call["given"])["body"]


def test_a_preview_prints_nothing_and_stays_when_it_fails(runner):
    runner.fakes.answer("pulumi preview", '{"diagnostics": ["a value"]}', code=255)
    result = runner.run(f"{SCRIPTS}/preview.sh staging")
    assert result.returncode == 255
    assert result.stdout == result.stderr == ""
    assert (runner.repository / "previews" / "staging.json").read_text() == '{"diagnostics": ["a value"]}'


def test_a_loss_fails_the_report_and_is_shown_all_the_same(runner):
    runner.fakes.answer("ballast preview-report", code=1, files={"report.md": "<!-- ballast-preview -->\nlost: x\n"})
    result = runner.run(f"{SCRIPTS}/report.sh dev staging")
    assert result.returncode == 1
    assert "lost: x" in runner.written("GITHUB_STEP_SUMMARY")


@pytest.mark.parametrize("empty", [True, False])
def test_a_stack_without_a_preview_is_asked_for_all_the_same(runner, empty):
    preview = runner.repository / "previews" / "staging.json"
    preview.write_text("") if empty else preview.unlink()
    runner.run(f"{SCRIPTS}/report.sh dev staging")
    assert runner.fakes.lines() == [f"{BOTH} --waivers delivery/waivers.yaml --output report.md"]


def test_a_report_that_was_refused_leaves_none_of_an_earlier_run(runner):
    (runner.repository / "report.md").write_text("<!-- ballast-preview -->\nof yesterday\n")
    runner.fakes.answer("ballast preview-report", code=2)
    result = runner.run(f"{SCRIPTS}/report.sh dev")
    assert (result.returncode, result.stderr) == (2, "")
    assert not (runner.repository / "report.md").exists()


def test_the_first_report_becomes_a_new_comment(runner):
    (runner.repository / "report.md").write_text("<!-- ballast-preview -->\nall well\n")
    runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT)
    assert sent(runner) == (f"{COMMENTS} --method POST --input -", OF_THIS)


def test_a_later_report_is_edited_into_the_same_comment(runner):
    own = comment(8, "github-actions[bot]", "<!-- ballast-preview -->\nof yesterday")
    others = [comment(7, "github-actions[bot]", "of another workflow"), comment(9, "a-person", own["body"])]
    runner.fakes.answer(COMMENTS, json.dumps([others, [own]]))
    (runner.repository / "report.md").write_text("<!-- ballast-preview -->\nall well\n")
    assert runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT).returncode == 0
    assert sent(runner) == (
        "gh api repos/acme/ballast/issues/comments/8 --method PATCH --input -",
        OF_THIS,
    )


def test_a_persons_comment_with_the_same_marker_is_left_alone(runner):
    runner.fakes.answer(COMMENTS, json.dumps([[comment(9, "a-person", "<!-- ballast-preview -->\nmine")]]))
    (runner.repository / "report.md").write_text("<!-- ballast-preview -->\nall well\n")
    runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT)
    assert sent(runner)[0] == f"{COMMENTS} --method POST --input -"


def test_without_a_report_the_comment_does_not_go_on_telling_of_an_earlier_commit(runner):
    own = comment(8, "github-actions[bot]", "<!-- ballast-preview -->\nall well")
    runner.fakes.answer(COMMENTS, json.dumps([[own]]))
    runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT)
    line, body = sent(runner)
    assert line.endswith("comments/8 --method PATCH --input -")
    assert "No report could be made" in body
    assert "https://example.com/run" in body


def test_a_change_of_the_judge_is_told_before_what_the_judge_says(runner):
    (runner.repository / "report.md").write_text("<!-- ballast-preview -->\nall well\n")
    (runner.repository / "ops").mkdir()
    (runner.repository / "ops" / "report.py").write_text("nothing is ever lost\n")
    runner.git("add", "ops")
    runner.git("commit", "--quiet", "-m", "a kinder judge")
    assert runner.run(f"{SCRIPTS}/judged.sh", {"NEEDS": '{"affected": {"result": "success"}}'}).returncode == 0
    runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT)
    body = sent(runner)[1]
    assert "**This change touches what judges changes**: `ops/report.py`. What follows" in body
    assert body.endswith("all well\n")


@pytest.mark.parametrize(
    ("result", "told"), [("skipped", "a fork's change is not previewed"), ("failure", "ended as failure")]
)
def test_a_report_over_nothing_that_was_looked_at_is_red(runner, result, told):
    needs = json.dumps({"affected": {"result": result}})
    judged = runner.run(f"{SCRIPTS}/judged.sh", {"NEEDS": needs})
    assert (judged.returncode, told in judged.stderr) == (1, True)


def test_a_change_that_touches_no_environment_says_so(runner):
    assert runner.run(f"jq -r '.[]' <<< '[]' | xargs {SCRIPTS}/report.sh").returncode == 0
    assert "touches no environment" in (runner.repository / "report.md").read_text()
    assert runner.fakes.lines() == []


def test_a_comment_that_github_refuses_fails_the_step(runner):
    runner.fakes.answer(COMMENTS, code=1)
    assert runner.run(f"python3 {SCRIPTS}/comment.py", COMMENT).returncode != 0


def test_a_stale_golden_file_fails_after_the_difference_was_shown(runner):
    runner.fakes.answer("ballast manifest --all --diff", "- replicas: 1\n+ replicas: 3\n")
    runner.fakes.answer("ballast manifest --all --check", code=1)
    assert runner.run(f"{SCRIPTS}/manifest.sh").returncode == 1
    assert "+ replicas: 3" in runner.written("GITHUB_STEP_SUMMARY")
