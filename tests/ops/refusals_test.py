"""What is refused: with one sentence, exit code not 0, and before anything is made."""

from __future__ import annotations

import pytest

from tests.ops.conftest import PROD


@pytest.fixture
def refused(ballast, kubectl):
    """Runs a command that must be refused with one sentence, and returns that."""

    def run(*arguments):
        said = ballast(*arguments)
        assert said.code == 1
        assert kubectl.calls("create") == []
        assert said.err.startswith("error: ")
        assert said.err.count("\n") == 1
        return said.err

    return run


def change(project, old, new, stack="prod"):
    file = project / f"Pulumi.{stack}.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_stack_file_with_a_mistake_is_reported_as_by_preview(ballast, kubectl, project):
    change(
        project, "replicas: 2                     # scaled: copies", "replicas: 7                     # scaled: copies"
    )
    said = ballast("snapshot", "prod", "opensearch")
    assert said.code == 1
    assert "ballast:opensearch.replicas" in said.err
    assert kubectl.calls() == []


def test_a_stack_that_does_not_exist_is_named(ballast):
    said = ballast("snapshot", "qa", "opensearch")
    assert said.code == 1
    assert "Pulumi.qa.yaml" in said.err
    assert "there is no such file" in said.err


def test_without_kubectl_the_command_that_builds_it_is_named(refused, project):
    (project / "bin" / "kubectl").unlink()
    assert "python3 -m toolchain build --only kubectl" in refused("snapshot", "prod", "opensearch")


def test_a_kubeconfig_that_is_missing_is_named(refused, project):
    (project / "kubeconfig").unlink()
    assert f"ballast:cluster.kubeconfig: there is no file {project / 'kubeconfig'}" in refused(
        "snapshot", "prod", "opensearch"
    )


@pytest.mark.parametrize(
    "command", [("snapshot",), ("snapshots",), ("restore",), ("drain", "--yes")], ids=lambda command: command[0]
)
def test_another_cluster_than_the_named_one_is_refused(command, refused, kubectl, project):
    change(project, PROD, "00000000-0000-4000-8000-000000000099")
    said = refused(command[0], "prod", "opensearch", *command[1:])
    assert "identity names cluster 00000000-0000-4000-8000-000000000099" in said
    assert f"has UID {PROD}" in said
    assert [call["arguments"][-3:-1] for call in kubectl.calls("get")] == [["namespace", "kube-system"]]


def test_a_cluster_called_local_that_is_elsewhere_is_refused(refused, kubectl):
    kubectl.answers("config", document={"clusters": [{"cluster": {"server": "https://api.example.com:6443"}}]})
    assert "its kubeconfig leads to api.example.com" in refused("snapshot", "dev", "opensearch")


def test_what_kubectl_says_about_a_cluster_that_does_not_answer_is_passed_on(refused, kubectl):
    kubectl.rules.clear()
    kubectl.answers("get", error="E0101 noise\nUnable to connect to the server: no route to host\n", code=1)
    said = refused("snapshot", "prod", "opensearch")
    assert "`kubectl get namespace kube-system` failed: Unable to connect to the server: no route to host." in said
    assert "noise" not in said


def test_a_platform_that_is_not_up_yet_has_no_template(refused, kubectl):
    kubectl.answers("get", "cronjob")
    assert "the cluster has no CronJob opensearch/opensearch-restore" in refused("restore", "prod", "opensearch")


def test_a_store_that_the_stack_file_leaves_out_is_refused(refused, project):
    text = (project / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    start, end = text.index("  ballast:chroma:"), text.index("  ballast:volumes:")
    (project / "Pulumi.prod.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    assert "Pulumi.prod.yaml: there is no section ballast:chroma" in refused("snapshot", "prod", "chroma")


def test_a_volume_that_the_stack_file_does_not_declare_is_refused(refused):
    assert "ballast:volumes declares no letters. Name one of these: knowledge." in refused(
        "restore", "prod", "volume", "letters"
    )


def test_a_job_that_the_api_server_refuses_is_reported_with_its_words(ballast, kubectl, templates):
    kubectl.answers("create", error="Error from server (Forbidden): jobs.batch is forbidden: no right\n", code=1)
    templates("opensearch-restore", "opensearch")
    said = ballast("restore", "prod", "opensearch")
    assert said.code == 1
    assert "Error from server (Forbidden): jobs.batch is forbidden: no right." in said.err
    assert "started" not in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["restore", "prod", "volume"], "which volume?"),
        (["restore", "prod", "chroma", "knowledge"], "chroma takes no further name"),
        (["restore", "prod", "volume", "knowledge", "--only", "a"], "a volume comes back whole"),
        (["restore", "prod", "chroma", "--only", "a", "--only", "b"], "all collections or one"),
        (["restore", "prod", "qdrant", "--rename", "old-"], "keeps its name"),
        (["snapshot", "prod", "postgres"], "postgres"),
        (["drain", "prod", "chroma"], "chroma"),
        (["snapshot", "prod", "opensearch", "--wait", "soon"], "30m or 6h"),
    ],
)
def test_a_command_that_makes_no_sense_is_a_usage_error_and_touches_nothing(arguments, words, ballast, kubectl):
    said = ballast(*arguments)
    assert said.code == 2
    assert words in said.err
    assert kubectl.calls() == []
