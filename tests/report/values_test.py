"""No value is ever shown, and no name can break out of the report."""

from __future__ import annotations

import json
from pathlib import Path

from tests.harness.previews import preview, state, step
from tests.report.conftest import SAMPLES

CANARY = "CANARY"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CONFIGMAP = "kubernetes:core/v1:ConfigMap"
STRUCTURE = {"op", "urn", "type", "id", "custom", "kind", "message", "severity"}


def planted(value, path=()):
    """Put the canary into every text that is a value and no name."""
    if isinstance(value, dict):
        return {key: inner if key in STRUCTURE else planted(inner, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return (
            value if path[-1:] in (("replaceReasons",), ("diffReasons",)) else [planted(inner, path) for inner in value]
        )
    named = path[-2:] in (("metadata", "name"), ("metadata", "namespace"))
    return f"{CANARY} {value}" if isinstance(value, str) and not named else value


def test_no_value_of_a_real_preview_appears_in_any_output(report):
    names = ["changes", "replacement-steps", "unprotected", "gone"]
    for name in names:
        document = planted(json.loads((SAMPLES / f"{name}.json").read_text()))
        assert json.dumps(document).count(CANARY) >= 3
        said = report("--junit", "it.xml", "--sarif", "it.sarif", it=document)
        assert "## Preview" in said.out
        assert CANARY not in said.out + said.err + Path("it.xml").read_text() + Path("it.sarif").read_text()


def test_warnings_and_other_talk_of_the_program_are_not_shown(report):
    document = preview(step("create", CLAIM, "disk"))
    document["diagnostics"] = [{"severity": kind, "message": CANARY} for kind in ("warning", "info", "info#err", "")]
    said = report(prod=document)
    assert said.code == 0
    assert CANARY not in said.out


def test_a_refused_document_is_not_quoted(report):
    document = preview({**step("create", CLAIM, "disk"), "detailedDiff": CANARY})
    assert CANARY not in report(prod=document).err
    Path("it.json").write_text('{"steps": [{"newState": {"inputs": {"a": "CANARY')
    assert CANARY not in report("it.json").err


def test_names_and_messages_stay_text(report):
    name = "a`|</details>\n@somebody **x** <!-- y"
    document = preview(
        step("delete", CLAIM, name, old=state(CLAIM, "x", identity=name)),
        step("update", CONFIGMAP, "c", changed={'data["``` @all |"]': "update"}),
        errors=("stop\n```\n# heading @all\x1b[31m",),
    )
    lines = report(prod=document).out.splitlines()
    assert "- **`prod`: PersistentVolumeClaim ``a`|</details> @somebody **x** <!-- y`` would be deleted**" in lines
    assert '- `prod`: ConfigMap `data/c`: ````data["``` @all |"]````' in lines
    fence = lines.index("````text")
    assert lines[fence : fence + 5] == ["````text", "error: stop", "```", "# heading @all [31m", "````"]
