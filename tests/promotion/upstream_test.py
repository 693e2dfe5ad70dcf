"""What was mended in the target alone is not put back by a promotion, by real git repositories."""

from __future__ import annotations

import pytest

from ops.promotion.proposal import Exceptions, Proposal
from ops.promotion.upstream import hotfixes, upstream

OLD, NEW = "version: 1.12.1", "version: 1.12.2"


def undone(stage, source="staging", target="prod"):
    return hotfixes(Proposal.read(stage.folder, source, target).of((), Exceptions()), stage.folder)


def commit(stage, environment, old, new, subject):
    stage.change(environment, old, new)
    return stage.repository.commit_all(subject)


def test_a_value_that_was_changed_in_the_target_alone_is_not_put_back_and_the_commit_is_named(stage):
    made = commit(stage, "prod", OLD, NEW, "Prod leaks no longer")
    assert undone(stage) == {"nodeExporter.version": f"{made[:7]} Prod leaks no longer"}
    answer = upstream(Proposal.read(stage.folder, "staging", "prod").of((), Exceptions()), stage.folder)
    (sentence,) = answer.sentences
    assert f"was changed in prod by {made[:7]} Prod leaks no longer" in sentence
    assert "write it into Pulumi.staging.yaml" in sentence
    assert '--overwrite nodeExporter.version --because "..."' in sentence


def test_what_is_not_committed_counts_as_well(stage):
    stage.change("prod", OLD, NEW)
    assert undone(stage) == {"nodeExporter.version": "what is not committed"}


def test_a_value_that_the_source_changed_afterwards_goes_on(stage):
    commit(stage, "prod", OLD, NEW, "a hotfix")
    commit(stage, "staging", OLD, "version: 1.12.3", "a newer one")
    assert undone(stage) == {}


def test_a_value_that_only_the_source_has_ever_changed_goes_on(stage):
    commit(stage, "staging", OLD, NEW, "a newer one")
    assert undone(stage) == {}


def test_one_commit_that_changes_both_is_no_hotfix(stage):
    stage.change("staging", OLD, "version: 1.12.3")
    commit(stage, "prod", OLD, NEW, "both")
    assert undone(stage) == {}


def test_a_mask_that_came_and_an_index_that_went_in_the_target_alone_are_not_put_back(stage):
    text = stage.text("prod")
    workflows = text[text.index("      workflows:\n") : text.index("      logs:\n        patterns")]
    commit(stage, "prod", workflows, "", "without workflows")
    commit(stage, "prod", "values: []", 'values: ["order [0-9]{8}"]', "a mask")
    assert {key.removeprefix("opensearch.indexes.workflows.") for key in undone(stage)} == {
        *("patterns", "shards", "deleteAfter"),
        "collector.masks.values",
    }


def test_another_commit_of_the_same_line_hides_nothing(stage):
    commit(stage, "prod", OLD, NEW, "a hotfix")
    commit(stage, "prod", NEW, f"{NEW}  # mended at night", "say why")
    (found,) = undone(stage).items()
    assert (found[0], found[1].endswith(" a hotfix")) == ("nodeExporter.version", True)


def test_a_merged_branch_counts_as_the_commit_that_merged_it(stage):
    git = stage.repository.git
    git("checkout", "-q", "-b", "fix")
    commit(stage, "prod", OLD, NEW, "on a branch")
    git("checkout", "-q", "main")
    (stage.folder / "another").write_text("change\n", encoding="utf-8")
    stage.repository.commit_all("meanwhile")
    git("merge", "-q", "--no-ff", "-m", "Merge the fix", "fix")
    assert undone(stage)["nodeExporter.version"].endswith(" Merge the fix")


def test_a_file_that_is_new_has_mended_nothing(stage):
    text = stage.text("prod")
    stage.file("prod").unlink()
    stage.repository.commit_all("without prod")
    stage.file("prod").write_text(text.replace(OLD, NEW), encoding="utf-8")
    stage.repository.commit_all("with prod")
    assert undone(stage) == {}


def test_a_shallow_clone_knows_too_little(stage, tmp_path):
    clone = tmp_path / "clone"
    stage.repository.git("clone", "-q", "--depth", "1", stage.folder.as_uri(), str(clone))
    stage.file("prod").rename(clone / "Pulumi.prod.yaml")
    file = clone / "Pulumi.prod.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    answer = upstream(Proposal.read(clone, "staging", "prod").of((), Exceptions()), clone)
    assert "this clone is shallow" in answer.sentences[0]


@pytest.mark.usefixtures("built")
def test_a_person_can_put_it_back_with_a_reason_that_stands_in_the_message(stage, ballast):
    commit(stage, "prod", OLD, "version: 1.12.0", "a hotfix")
    stage.deploy("staging")
    words = ("promote", "staging", "prod", "nodeExporter", "--write", "--soak", "0")
    refused = ballast(*words, "--because", "measured")
    assert (refused.code, "refused    upstream" in refused.out) == (1, True)
    done = ballast(*words, "--overwrite", "nodeExporter.version", "--because", "1.12.1 is mended")
    assert done.code == 0, done.out
    assert OLD in stage.text("prod")
    assert "Overwritten: nodeExporter.version\nBecause: 1.12.1 is mended" in done.out


def test_a_night_is_told_as_well(stage, ballast):
    commit(stage, "prod", OLD, "version: 1.12.0", "a hotfix")
    said = ballast("promote", "staging", "prod", "--check")
    assert (said.code, "refused    upstream" in said.out) == (1, True)


def test_a_shorter_time_for_prod_needs_a_reason(stage, ballast):
    commit(stage, "staging", OLD, NEW, "a newer one")
    stage.deploy("staging")
    said = ballast("promote", "staging", "prod", "--soak", "1h")
    assert said.code == 2
    assert "--soak shorter than the 1d that prod asks for" in " ".join(said.err.replace("│", " ").split())
