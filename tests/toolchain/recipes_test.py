"""Cache keys: whatever changes a program changes the folder it lies in."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from toolchain.paths import MODULES
from toolchain.recipes import (
    ALERTMANAGER_VERSION,
    CLUSTER,
    DELIVERY,
    ENGINE,
    KUBERNETES_PROVIDER_VERSION,
    KUBERNETES_VERSION,
    OPERATOR_VERSION,
    PROMETHEUS_VERSION,
    RECIPES,
    TELEMETRY,
    Gap,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "modules"
    shutil.copytree(MODULES, copy)
    monkeypatch.setattr("toolchain.recipes.MODULES", copy)
    return copy


@pytest.mark.usefixtures("modules")
def test_a_key_does_not_depend_on_where_the_checkout_lies() -> None:
    here = RECIPES["etcd"].key
    assert re.fullmatch("[0-9a-f]{12}", here)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.recipes.MODULES", MODULES)
        assert RECIPES["etcd"].key == here


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "etcd/main.go"])
def test_a_key_changes_with_everything_that_pins_the_inputs(modules: Path, file: str) -> None:
    before = RECIPES["etcd"].key
    with (modules / "control-plane" / file).open("a") as handle:
        handle.write("// changed\n")
    assert RECIPES["etcd"].key != before


def test_a_key_changes_with_the_lock_of_a_file_taken_from_another_module(modules: Path) -> None:
    before = RECIPES["pulumi-language-python"].key
    with (modules / "pulumi-cli" / "go.sum").open("a") as handle:
        handle.write("// changed\n")
    assert RECIPES["pulumi-language-python"].key != before


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "main.go", "components.go"])
def test_the_key_of_the_collector_changes_with_its_list_of_components(modules: Path, file: str) -> None:
    before = RECIPES["otelcol"].key
    with (modules / "collector" / file).open("a") as handle:
        handle.write("// changed\n")
    assert RECIPES["otelcol"].key != before


@pytest.mark.parametrize(
    "change",
    [
        {"stamps": ("k8s.io/component-base/version.gitVersion=v0.0.0",)},
        {"tags": ("small",)},
        {"gap": Gap(module="k8s.io/kubernetes", file="index.html")},
    ],
)
def test_a_key_changes_with_the_recipe(change: dict[str, Any]) -> None:
    recipe = RECIPES["kubectl"]
    assert replace(recipe, **change).key != recipe.key


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_pinned_by_lock_files(name: str) -> None:
    recipe = RECIPES[name]
    for lock in {recipe.lock, *(file.lock for file in recipe.files)}:
        assert (MODULES / lock / "go.mod").is_file()
        assert (MODULES / lock / "go.sum").is_file()
    for file in (*recipe.files, *([recipe.schema] if recipe.schema else [])):
        assert f"{file.module} v" in (MODULES / file.lock / "go.mod").read_text()
    if recipe.gap:
        assert f"{recipe.gap.module} v" in (MODULES / recipe.lock / "go.mod").read_text()


def test_the_stamped_versions_are_those_the_locks_pin() -> None:
    assert f"k8s.io/kubernetes {KUBERNETES_VERSION}" in (MODULES / "control-plane" / "go.mod").read_text()
    main = (MODULES / "pulumi-resource-kubernetes" / "main.go").read_text()
    assert f'"{KUBERNETES_PROVIDER_VERSION}"' in main
    major, minor, patch = PROMETHEUS_VERSION.split(".")
    for lock, pinned in {
        "validators": f"prometheus/prometheus v0.{major}{int(minor):02}.{patch} ",
        "prometheus-operator": f"prometheus-operator/prometheus-operator v{OPERATOR_VERSION} ",
    }.items():
        assert pinned in (MODULES / lock / "go.mod").read_text()
    assert f"prometheus/alertmanager v{ALERTMANAGER_VERSION} " in (MODULES / "validators" / "go.mod").read_text()


def test_the_custom_resources_are_those_of_the_operator_that_runs() -> None:
    pinned = f"github.com/prometheus-operator/prometheus-operator v{OPERATOR_VERSION}"
    assert pinned in (MODULES / "crds" / "go.mod").read_text()


def test_every_program_belongs_to_one_group_and_make_up_needs_none_of_the_judges() -> None:
    assert sorted((*ENGINE, *CLUSTER, *TELEMETRY, *DELIVERY)) == sorted(RECIPES)
    assert "prometheus-operator" in CLUSTER
