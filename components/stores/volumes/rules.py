"""Rules of volumes: none has a name that something else in the cluster has."""

from collections.abc import Iterator

from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings

VOLUME_PARTS = ("archive", "archive-probe", "jobs", "restore", "snapshots")
"""What follows a volume's name in the names of what belongs to it."""


def _volumes_are_named_after_applications(stack: StackSettings) -> Iterator[Mistake]:
    if "default" in stack.volumes:
        problem = "is the namespace and the account of whatever has no other, and the name of no application"
        yield Mistake(("volumes", "default"), problem, "give it the name of the application that mounts it")


def _volumes_have_names_of_their_own(stack: StackSettings) -> Iterator[Mistake]:
    for name in stack.volumes:
        key: KeyPath = ("volumes", name)
        for other in stack.volumes:
            for part in VOLUME_PARTS:
                if name == f"{other}-{part}":
                    yield Mistake(
                        key,
                        f"is named like the {part} of the volume {other}, so both would be one object",
                        f"give it a name that is not that of another volume with -{part}",
                    )


VOLUME_RULES: tuple[Rule, ...] = (_volumes_are_named_after_applications, _volumes_have_names_of_their_own)
