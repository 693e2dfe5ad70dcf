"""Which versions the platform is written for: one rule for every `version`, what is supported beside each program."""

from collections.abc import Iterator

from components.settings.fields import values
from components.settings.programs import DESCRIBED
from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.versions import MOST_PATCHES, Release, Supported, release

#: By section.
SUPPORTED = {"jobs": Supported((3, 11, 0), 4, "the jobs' modules are written for Python 3.11 or later", (3, 13, 0), 3)}
SUPPORTED |= {section: supported for program in DESCRIBED for section, supported in program.supported.items()}


def versions_are_supported(stack: StackSettings) -> Iterator[Mistake]:
    """A mistake for each version that is older than what the platform is written for, unknown or out of reach."""
    for given in values(stack):
        if given.field.name != "version":
            continue
        supported = SUPPORTED[".".join(given.field.path[:-1])]
        version, first = release(given.value), ".".join(map(str, supported.first))
        major, minor, _ = supported.last
        known = f"from {first} to {major}.{minor}"
        if version is None:
            yield Mistake(given.path, f"is {given.value}, which begins with no number", f"write a version {known}")
        elif version < supported.first:
            problem = f"is {given.value}, too old for what is written for it: {supported.why}"
            yield Mistake(given.path, problem, f"write a version {known}")
        elif version[0] >= supported.unknown:
            problem = f"is {given.value}, of a newer major than is known here"
            yield Mistake(given.path, problem, f"write a version {known}")
        elif not _may_be_out(version, supported):
            problem = (
                f"is {given.value}, far beyond all that was tried here: a digit too many, or a release to try first"
            )
            remedy = f"write a version {known}, or try it and say so in components/**/description.py (Supported.tried)"
            yield Mistake(given.path, problem, remedy)


def _may_be_out(version: Release, supported: Supported) -> bool:
    """Whether a version may have been released: by its minor, of which older majors get no new ones, and its patch."""
    last = supported.last if version[0] == supported.last[0] else (supported.first[0], supported.first[1], MOST_PATCHES)
    return version[:2] <= last[:2] and version[2] <= MOST_PATCHES
