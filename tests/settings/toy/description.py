"""What everything else knows of the toy."""

from collections.abc import Iterator

from components.stores.toy.settings import ToySettings  # pyrefly: ignore - where the test puts it

from components.settings.footprint import Footprint, footprint
from components.settings.limit import MI, memory
from components.settings.markers import Secret
from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.store import DATABASES, Restore, StoreKind
from components.settings.transition import Finding, Texts, changed
from components.settings.versions import Supported


def _footprints(toy: ToySettings, _: StackSettings) -> Iterator[Footprint]:
    yield footprint(toy)


def _a_toy_is_not_black(stack: StackSettings) -> Iterator[Mistake]:
    toy: ToySettings | None = stack.toy  # pyrefly: ignore - there only with the store
    if toy is not None and toy.colour == "0.0.0":
        yield Mistake(("toy", "colour"), "is black", "write another one")


def _a_toy_is_not_painted(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "toy.colour"):
        yield key, f"goes from {was} to {now}, which nobody can paint", f"write {was}"


TOY = StoreKind(
    section="toy",
    word="toy",
    namespace=DATABASES,
    prefix="toy",
    footprints=_footprints,
    restore=Restore(newest=""),
    rules=(_a_toy_is_not_black,),
    transitions=(_a_toy_is_not_painted,),
    limits={"toy.memory": memory(256 * MI, "no child plays with less")},
    supported={"toy": Supported((2, 0, 0), 4)},
    secrets={"toyPassword": Secret(purpose="password of the toy", readers=("children",), section="toy")},
)
