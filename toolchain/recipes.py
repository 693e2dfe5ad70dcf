"""What is built, out of which locked Go modules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from toolchain.paths import MODULES

KUBERNETES_VERSION = "v1.35.4"
PULUMI_VERSION = "v3.250.0"
KUBERNETES_PROVIDER_VERSION = "4.25.0"
OPERATOR_VERSION = "0.85.0"
# The module v0.315.0 is the release 3.15.0: its tags follow Go's rules for modules, its releases do not.
PROMETHEUS_VERSION = "3.15.0"
ALERTMANAGER_VERSION = "0.34.2"

_KUBERNETES_STAMP = tuple(
    f"{package}.{field}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for field in (f"gitVersion={KUBERNETES_VERSION}", "gitMajor=1", "gitMinor=35")
)


@dataclass(frozen=True, kw_only=True)
class ModuleFile:
    """A file or folder that is copied out of a Go module.

    `lock` names the folder under `toolchain/modules` whose go.mod and go.sum pin the module.
    """

    lock: str
    module: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A file that a module's sources embed and that its archive lacks: the build goes on with a placeholder."""

    module: str
    file: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one program is made.

    `disk` is the room in bytes that a build from cold caches takes (modules, build cache and result together), as
    measured on 2 cores with Go 1.26; programs of one module share most of it.
    """

    name: str
    lock: str
    disk: int
    package: str | None = None
    stamps: tuple[str, ...] = ()
    schema: ModuleFile | None = None
    schema_version: str = ""
    files: tuple[ModuleFile, ...] = ()
    # Outside the representation, so that a recipe without them keeps its key and nothing is built anew for their sake.
    tags: tuple[str, ...] = field(default=(), repr=False)
    gap: Gap | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that change with the recipe or with anything that pins its inputs."""
        rare = "".join(repr(value) for value in (self.tags, self.gap) if value)
        digest = hashlib.sha256(f"{self!r}{rare}".encode())
        locks = {self.lock} | {file.lock for file in self.files}
        for lock in sorted(locks):
            for path in sorted((MODULES / lock).rglob("*")):
                if path.name in {"go.mod", "go.sum"} or path.suffix == ".go":
                    digest.update(str(path.relative_to(MODULES)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:12]


_GB = 10**9
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_STAGES = "kustomize/stage"
_ALERTMANAGER = "github.com/prometheus/alertmanager"


def _kubernetes(name: str, disk: int) -> Recipe:
    package = f"k8s.io/kubernetes/cmd/{name}"
    return Recipe(name=name, lock="control-plane", package=package, stamps=_KUBERNETES_STAMP, disk=disk)


def _kwok_stage(folder: str, name: str) -> ModuleFile:
    source = f"{_STAGES}/{folder}/{name}.yaml"
    return ModuleFile(lock="kwok", module="sigs.k8s.io/kwok", source=source, target=f"stages/{name}.yaml")


def _prometheus_stamp(version: str) -> tuple[str, ...]:
    return (f"github.com/prometheus/common/version.Version={version}",)


def _prometheus(name: str, disk: int) -> Recipe:
    return Recipe(
        name=name,
        lock="validators",
        package=f"github.com/prometheus/prometheus/cmd/{name}",
        stamps=_prometheus_stamp(PROMETHEUS_VERSION),
        # Of the thirty ways to discover targets the operator writes one. The clients of all the clouds that the others
        # bring would be half of the build.
        tags=("remove_all_sd", "enable_kubernetes_sd"),
        disk=disk,
    )


def _alertmanager(name: str, disk: int, gap: Gap | None = None) -> Recipe:
    return Recipe(
        name=name,
        lock="validators",
        package=f"{_ALERTMANAGER}/cmd/{name}",
        stamps=_prometheus_stamp(ALERTMANAGER_VERSION),
        gap=gap,
        disk=disk,
    )


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="pulumi",
            lock="pulumi-cli",
            package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            stamps=(f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={PULUMI_VERSION}",),
            disk=4 * _GB,
        ),
        Recipe(
            name="pulumi-language-python",
            lock="pulumi-language-python",
            package="github.com/pulumi/pulumi/sdk/python/cmd/pulumi-language-python/v3",
            # The host starts these two by name: they must lie beside it.
            files=tuple(
                ModuleFile(lock="pulumi-cli", module=_SDK, source=f"python/{source}", target=source.split("/")[1])
                for source in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python")
            ),
            disk=1 * _GB,
        ),
        Recipe(
            name="pulumi-resource-kubernetes",
            lock="pulumi-resource-kubernetes",
            package=".",
            schema=ModuleFile(
                lock="pulumi-resource-kubernetes",
                module=_PROVIDER,
                source="cmd/pulumi-resource-kubernetes/schema.json",
                target="schema.json",
            ),
            schema_version=KUBERNETES_PROVIDER_VERSION,
            disk=5 * _GB,
        ),
        _kubernetes("kube-apiserver", 3 * _GB),
        _kubernetes("kube-controller-manager", 1 * _GB),
        _kubernetes("kube-scheduler", _GB // 2),
        _kubernetes("kubectl", _GB // 2),
        Recipe(name="etcd", lock="control-plane", package="./etcd", disk=_GB // 2),
        Recipe(
            name="kwok",
            lock="kwok",
            package="sigs.k8s.io/kwok/cmd/kwok",
            files=(
                _kwok_stage("node/fast", "node-initialize"),
                _kwok_stage("pod/fast", "pod-ready"),
                _kwok_stage("pod/fast", "pod-complete"),
            ),
            disk=2 * _GB,
        ),
        Recipe(
            name="crds",
            lock="crds",
            files=(
                ModuleFile(
                    lock="crds",
                    module="github.com/cert-manager/cert-manager",
                    source="deploy/crds",
                    target="cert-manager",
                ),
                ModuleFile(
                    lock="crds",
                    module="github.com/prometheus-operator/prometheus-operator",
                    source="example/prometheus-operator-crd",
                    target="prometheus-operator",
                ),
            ),
            disk=_GB // 4,
        ),
        Recipe(
            name="prometheus-operator",
            lock="prometheus-operator",
            package="github.com/prometheus-operator/prometheus-operator/cmd/operator",
            stamps=_prometheus_stamp(OPERATOR_VERSION),
            disk=2 * _GB,
        ),
        Recipe(name="otelcol", lock="collector", package=".", disk=2 * _GB),
        _prometheus("promtool", 2 * _GB),
        _prometheus("prometheus", _GB // 2),
        _alertmanager("amtool", _GB // 2),
        _alertmanager("alertmanager", _GB // 4, gap=Gap(module=_ALERTMANAGER, file="ui/app/dist/index.html")),
        Recipe(name="sloth", lock="sloth", package=".", disk=_GB),
        Recipe(
            name="actionlint",
            lock="actionlint",
            package="github.com/rhysd/actionlint/cmd/actionlint",
            disk=_GB // 4,
        ),
    )
}

ENGINE = ("pulumi", "pulumi-language-python", "pulumi-resource-kubernetes")
CLUSTER = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubectl",
    "kwok",
    "crds",
    "prometheus-operator",
)
# What judges the configurations that the platform writes, and plays them in tests; `make up` needs none of it.
TELEMETRY = ("otelcol", "promtool", "amtool", "alertmanager", "prometheus", "sloth")
# What judges the workflows of `.github`; only tests ask it.
DELIVERY = ("actionlint",)
