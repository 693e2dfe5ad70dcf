"""The comparison as people read it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ops.promotion.row import Verdict
from ops.promotion.table import WIDTH, render, render_markdown
from tests.harness.compared import DEV, PROD, STAGING, compared
from tests.harness.mixed import AGES, VIEW, KnownAges, mixed_rows

GOLDEN = """\
key                                 class     dev        staging    prod        age         verdict
opensearch.version                  promoted  3.9.0      3.8.0      3.8.0       3 d / 40 d  promote 3.8.0 -> 3.9.0
opensearch.indexes.events.patterns  promoted  [events-…  -          -           3 d / -     add [events-*]
opensearch.indexes.events.shards    promoted  2          -          -           3 d / -     add 2
opensearch.indexes.audit.patterns   promoted  -          [audit-*]  -           - / 40 d    remove [audit-*]
opensearch.indexes.audit.shards     promoted  -          1          -           - / 40 d    remove 1
console.memory                      scaled    1Gi        900Mi      1Gi         3 d / 40 d  scaled: smaller than in dev
                                                                                            (1Gi -> 900Mi)
qdrant                              promoted  6 keys     -          6 keys      -           write qdrant into staging by
                                                                                            hand, with its own nodes,
                                                                                            cpu, memory, disk,
                                                                                            replication, recovery,
                                                                                            availability, quickAnswers,
                                                                                            snapshots, openTo, and the
                                                                                            secrets qdrantApiKey,
                                                                                            qdrantAlternativeApiKey,
                                                                                            qdrantReadOnlyApiKey
chroma.version                      promoted  1.4.9      1.5.9      1.5.9       new / 40 d  older than in staging (1.5.9
                                                                                            -> 1.4.9)
collector.masks.keys                promoted  [tax-num…  []         []          3 d / 40 d  promote [] ->
                                                                                            [tax-number-of-the-person,
                                                                                            name]
loki.s3.bucket                      bound     -          acme-one…  acme-one-…  - / 40 d    bound: staging has the same
                                                                                            bucket as prod

age: how long values in dev / staging have been there by git; new: not committed
secrets that staging lacks (pulumi config set --secret ballast:NAME --stack staging): opensearchAdminPassword,
  opensearchAutomationPassword, opensearchConsolePassword, opensearchMetricsPassword, opensearchApplicationsPassword,
  alertmanagerSlackToken, grafanaAdminPassword, grafanaOidcSecret, imagePullConfig
233 more keys with nothing to do: 30 same, 101 bound, 91 scaled, 11 present secret; --all shows them
"""
MARKDOWN = """\
| key | class | dev | staging | prod | age | verdict |
| --- | --- | --- | --- | --- | --- | --- |
| opensearch.version | promoted | 3.9.0 | 3.8.0 | 3.8.0 | 3 d / 40 d | promote 3.8.0 -&#62; 3.9.0 |
| opensearch.indexes.events.patterns | promoted | \\[events-\\*\\] | - | - | 3 d / - | add \\[events-\\*\\] |
| console.memory | scaled | 1Gi | 900Mi | 1Gi | 3 d / 40 d | scaled: smaller than in dev (1Gi -&#62; 900Mi) |
| loki.s3.bucket | bound | - | acme-one-logs | acme-one-logs | - / 40 d | bound: staging has the same bucket as prod |
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return mixed_rows(tmp_path_factory.mktemp("files"))


def test_the_table_is_as_it_was_reviewed(rows):
    assert render(rows, VIEW) == GOLDEN


def test_the_table_for_a_pull_request_is_as_it_was_reviewed(rows):
    lines = render_markdown(rows, VIEW).splitlines()
    assert [line for line in lines if line in MARKDOWN.splitlines()] == MARKDOWN.splitlines()
    assert sum(line.startswith("| ") for line in lines) == 2 + 10


@pytest.mark.parametrize("everything", [False, True])
def test_no_line_is_wider_than_a_window(rows, everything):
    assert max(map(len, render(rows, VIEW, everything=everything).splitlines())) <= WIDTH


def test_verdicts_are_wrapped_and_never_cut(rows):
    row = next(row for row in rows if row.section)
    lines = render([row], VIEW).splitlines()
    wrapped = [lines[1][lines[0].index("verdict") :], *(line.strip() for line in lines[2 : lines.index("")])]
    assert len(wrapped) > 2
    assert " ".join(wrapped) == row.words


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("cluster.identity", ["local", "…1", "…2"]),
        ("cluster.context", ["(null)", "…staging", "…prod"]),
        ("cluster.nodeCidrs", ["[127.0.…", "[10.20.…", "[10.30.…"]),
        ("loki.s3.bucket", ["-", "acme-on…", "acme-on…"]),
    ],
)
def test_long_values_are_shortened_where_they_are_the_same(rows, key, values):
    lines = render(rows, VIEW, everything=True).splitlines()
    begin = lines[0].index(" dev ") + 1
    line = next(line for line in lines if line.startswith(f"{key} "))
    assert line[begin:].split()[:3] == values


def test_every_key_has_its_line_when_all_are_asked_for(rows):
    said = render(rows, VIEW, everything=True)
    shown = [line.split(" ")[0].removeprefix("…") for line in said.splitlines()[1:] if line[:1].strip()]
    for row, name in zip(rows, shown, strict=False):
        assert row.name.endswith(name)
        assert len(name) > 30 or name == row.name
    assert "nothing to do" not in said


def test_the_count_of_what_is_left_out_is_right(rows):
    said = re.search(r"^([0-9]+) more keys with nothing to do: (.*); --all", render(rows, VIEW), re.MULTILINE)
    assert said is not None
    counts = [int(part.split(" ")[0]) for part in said[2].split(", ")]
    assert int(said[1]) == sum(counts) == sum(row.is_quiet for row in rows)


def test_without_any_difference_there_is_no_table(rows):
    quiet = [row for row in rows if row.is_quiet]
    assert "verdict" not in render(quiet, VIEW)
    assert render(quiet, VIEW).startswith(f"{len(quiet)} more keys")
    assert "|" not in render_markdown(quiet, VIEW)


def test_colours_are_for_terminals_and_change_nothing_else(rows):
    coloured = render(rows, VIEW, colour=True)
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == render(rows, VIEW)
    assert "\x1b[31molder than" in coloured
    assert "\x1b[32mpromote 3.8.0" in coloured
    assert "\x1b[33mremove 1" in coloured
    assert "\x1b" not in render(rows, VIEW)


def test_no_secret_is_shown(rows):
    said = render(rows, VIEW, everything=True) + render_markdown(rows, VIEW, everything=True)
    assert "opensearchAdminPassword" in said
    assert "v1:" not in said


def test_secrets_that_are_missing_are_named_once_with_the_command_that_sets_them(rows):
    said = " ".join(render(rows, VIEW).split())
    assert "(pulumi config set --secret ballast:NAME --stack staging): opensearchAdminPassword," in said
    assert said.count("grafanaOidcSecret") == 1


def test_a_default_stands_in_brackets_and_a_file_that_was_not_read_has_a_question_mark(tmp_path):
    rows = [compared(tmp_path, DEV, STAGING, without=PROD)["opensearch.pools.all.heap"]]
    line = render(rows, VIEW, everything=True).splitlines()[1]
    assert line.split()[2:5] == ["512Mi", "1Gi", "?"]
    released = [compared(tmp_path, DEV, STAGING)["allowOrphaned"]]
    assert render(released, VIEW, everything=True).splitlines()[1].split()[2:5] == ["([])"] * 3


def test_unknown_ages_are_told_once_for_each_reason(rows):
    none: Any = KnownAges(0, reason="not a git repository")
    said = render(rows, replace(VIEW, ages={**AGES, DEV: none, STAGING: none}))
    assert "ages in dev, staging are not known: not a git repository" in said
    assert "- / -" in said.splitlines()[1]


@pytest.mark.parametrize(
    ("value", "plain", "markdown"),
    [
        ("a|b", "a|b", "a&#124;b"),
        ("*a* @you #1", "*a* @you #1", r"\*a\* &#64;you &#35;1"),
        ("<img>", "<img>", "&#60;img&#62;"),
        ("[x](y)", "[x](y)", r"\[x\](y)"),
        ("red \x1b[31m", r'"red \u001b[31m"', r'"red \\u001b\[31m"'),
        ("two\nlines", r'"two\nlines"', r'"two\\nlines"'),
        ("x" * 50, f"{'x' * 23}…", f"{'x' * 23}…"),
    ],
)
def test_values_neither_break_the_table_nor_command_a_terminal(rows, value, plain, markdown):
    row = next(row for row in rows if row.verdict is Verdict.PROMOTE)
    odd = replace(row, cells={**row.cells, DEV: replace(row.cells[DEV], value=value)})
    assert plain in render([odd], VIEW)
    assert f"| {markdown} |" in render_markdown([odd], VIEW)
