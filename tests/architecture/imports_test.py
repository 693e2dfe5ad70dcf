"""Imports point one way, modules stay readable, and every test file is collected."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from tests.harness.declare import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANKS = [
    {"settings"},
    {"foundation"},
    {"signals"},
    {"credentials", "storage"},
    {"stores", "observability", "recovery", "cloud", "applications"},
    {"composition"},
    {"platform"},
]
"""What may be imported by whom: only folders of a lower rank, or the folder itself; of `stores` each store is one."""

LANGUAGE = re.compile(
    r"(\w+_)?settings|((log_pipeline|managed|password)_)?rules|sizing|topology|transitions|description|users"
)
"""Modules of a room that belong to the language of stack files: its sections, their rules, what follows from sizes."""

LINES = 250


def modules(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py")) if ".venv" not in path.parts
    ]


@cache
def imported(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def rank(folder: str) -> int:
    return next(index for index, folders in enumerate(RANKS) if folder in folders)


def upward(path: Path, root: Path = PROJECT) -> list[str]:
    """Return the imports of a module that don't point to a lower rank or into its own folder."""
    own = room(["components", *path.relative_to(root / "components").with_suffix("").parts])
    if own == ("__init__",):
        return []
    bad = []
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "components" or len(parts) == 1 or room(parts) == own:
            continue
        if rank(room(parts)[0]) >= rank(own[0]):
            bad.append(name)
    return bad


def room(parts: list[str]) -> tuple[str, ...]:
    """Return the folder that a module of `components` belongs to; what speaks of stack files belongs to `settings`."""
    if LANGUAGE.fullmatch(parts[-1]):
        return ("settings",)
    return tuple(parts[1:3]) if parts[1] == "stores" else (parts[1],)


def test_a_component_imports_only_what_it_stands_on():
    assert {path: bad for path in modules("components") if (bad := upward(path))} == {}


def test_the_bootstrap_of_an_account_imports_nothing_of_the_platform():
    allowed = {"bootstrap", "pulumi", "pulumi_aws", "pydantic", *sys.stdlib_module_names}
    for path in modules("bootstrap"):
        for name in imported(path):
            shared = name.startswith("components.settings.") or name == "components.foundation.data_protection"
            assert name != "components.settings.stack", path
            assert shared or name.split(".")[0] in allowed, (path, name)


def test_what_all_stores_share_names_none_of_them():
    stores = [folder.name for folder in (PROJECT / "components" / "stores").iterdir() if folder.is_dir()]
    for module in ("labels.py", "connections.py", "namespaces.py", "services.py", "monitors.py"):
        text = (PROJECT / "components" / "foundation" / module).read_text(encoding="utf-8").lower()
        assert [store for store in stores if store in text and store != "volumes"] == [], module


OF_STACK_FILES = [
    path for path in modules("components") if path.parent.name == "settings" or LANGUAGE.fullmatch(path.stem)
]


def test_only_the_loader_of_settings_knows_pulumi():
    for path in OF_STACK_FILES:
        roots = {name.split(".")[0] for name in imported(path)}
        allowed = {"components", "pydantic", "pydantic_core", "re2", "yaml", "zxcvbn", *sys.stdlib_module_names}
        if path.name == "load.py":
            allowed.add("pulumi")
        assert roots <= allowed, path


JOBS = [path for path in modules("components") if path.parent.name in ("jobs", "jobkit")]


def test_a_job_program_imports_what_is_shipped_with_it_and_the_standard_library():
    for path in JOBS:
        own = ".".join(path.relative_to(PROJECT).parent.parts)
        for name in imported(path):
            shipped = name.startswith((f"{own}.", "components.foundation.jobkit")) or name == own
            # AWS's own client is in the derived image, and asked for where a bucket or a domain is used.
            aws = name.split(".")[0] in ("boto3", "botocore") and path.name in ("bucket.py", "signing.py")
            assert shipped or aws or name.split(".")[0] in sys.stdlib_module_names, (path, name)


def needing_the_provider_sdk(path: Path) -> set[str]:
    """Return the imports of a module that load the provider's SDK, which takes seconds."""
    heavy = ("pulumi", "pulumi_kubernetes", "ops.manifest")
    return {name for name in imported(path) if name.startswith(tuple(f"{root}." for root in heavy)) or name in heavy}


def test_the_command_needs_no_provider_sdk():
    """The program is asked in a process of its own, `python -m ops.manifest`."""
    own = PROJECT / "ops" / "manifest"
    for path in modules("ops"):
        assert path.is_relative_to(own) or needing_the_provider_sdk(path) == set(), path
    assert needing_the_provider_sdk(own / "declared.py"), "the rule no longer sees what it forbids"


def test_the_toolchain_knows_nothing_of_components_and_needs_nothing_but_python():
    for path in modules("toolchain"):
        roots = {name.split(".")[0] for name in imported(path)}
        assert "components" not in roots, path
        if "aws_standin" not in path.parts:
            assert roots <= {"toolchain", *sys.stdlib_module_names}, path


def test_a_module_stays_under_250_lines():
    sizes = {path: lines(path) for path in modules("bootstrap", "components", "ops", "toolchain", "tests")}
    assert {path: size for path, size in sizes.items() if size >= LINES} == {}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_program_is_under_40_lines():
    assert lines(PROJECT / "__main__.py") < 40


def test_every_file_with_tests_is_collected():
    for path in (path for path in modules("tests") if not path.name.endswith("_test.py")):
        names = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
        assert not any(name.startswith("test_") for name in names), f"{path} holds tests and would not be collected"


def test_no_machine_path_or_registry_host_is_committed():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    # Not the path of a container that ends in the same letters.
    words = [
        r"(?<!\w)/" + "root/",
        "/work" + "/main",
        r"registry-1\." + "docker",
        "pypi" + r"\.org",
        r"proxy\.golang" + r"\.org",
    ]
    for name in tracked:
        if name.endswith((".lock", "go.sum")):
            continue
        text = (PROJECT / name).read_text(encoding="utf-8", errors="replace")
        assert [word for word in words if re.search(word, text)] == [], name


def test_the_rule_would_notice_an_import_that_points_up(tmp_path):
    module = tmp_path / "components" / "settings" / "bad.py"
    module.parent.mkdir(parents=True)
    module.write_text("from components.stores.opensearch import cluster\n")
    assert upward(module, tmp_path) == ["components.stores.opensearch"]
