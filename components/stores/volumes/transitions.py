"""What may follow what on a volume that something has written on."""

from collections.abc import Iterator

from components.settings.transition import Finding, Texts, TransitionRule, changed


def _an_engine_stays(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "volumes.*.engine"):
        problem = f"changes from {was} to {now}, but {was} has written on the volume"
        yield key, problem, f"write {was}, and add a volume of another name for {now}"


VOLUME_TRANSITIONS: tuple[TransitionRule, ...] = (_an_engine_stays,)
