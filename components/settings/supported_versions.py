"""Which versions the platform is written for: one rule for every `version`, what is supported beside each program."""

from collections.abc import Iterator

from components.settings.fields import values
from components.settings.programs import DESCRIBED
from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.versions import Supported, release

#: By section.
SUPPORTED = {"jobs": Supported((3, 11, 0), 4, "the jobs' modules are written for Python 3.11 or later")}
SUPPORTED |= {section: supported for program in DESCRIBED for section, supported in program.supported.items()}


def versions_are_supported(stack: StackSettings) -> Iterator[Mistake]:
    """A mistake for each version that is older than what the platform is written for, or of a major that is unknown."""
    for given in values(stack):
        if given.field.name != "version":
            continue
        supported = SUPPORTED[".".join(given.field.path[:-1])]
        version, first = release(given.value), ".".join(map(str, supported.first))
        known = f"from {first} on and below {supported.unknown}.0.0"
        if version is None:
            yield Mistake(given.path, f"is {given.value}, which begins with no number", f"write a version {known}")
        elif version < supported.first:
            problem = f"is {given.value}, too old for what is written for it: {supported.why}"
            yield Mistake(given.path, problem, f"write a version {known}")
        elif version[0] >= supported.unknown:
            problem = f"is {given.value}, of a newer major than is known here"
            yield Mistake(given.path, problem, f"write a version {known}")
