"""What may follow what where the platform makes buckets and keys: what guards data there goes only with a word."""

from collections.abc import Iterator

from components.settings.markers import Comparison
from components.settings.quantities import Duration
from components.settings.recorded_state import recorded_field
from components.settings.transition import Finding, Texts, TransitionRule


def _what_guards_data_stays(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was in old.items():
        known, now = recorded_field(key), new.get(key)
        if known is None or known.recorded.compared is not Comparison.GUARD or now == was:
            continue
        # Of a section that is gone, or a place that is another one, more is said than that its guard went with it.
        if not any(other.startswith(f"{key.partition('.')[0]}.") for other in new) or any(
            key.startswith(f"{above}.") and new.get(above) != text for above, text in old.items()
        ):
            continue
        problem = f"changes from {was} to {now or 'none'}: {known.recorded.guards}"
        yield key, problem, f"write what it was, or give it up on purpose: allowOrphaned: [{key}]"


def _no_lock_gets_shorter(old: Texts, new: Texts) -> Iterator[Finding]:
    for lock in (key for key in old if key.endswith(".made.lock")):
        span = f"{lock.partition('.snapshots.')[0]}.recovery.retention"
        was, now = old.get(span), new.get(span)
        if lock in new and was and now and Duration.parse(now) < Duration.parse(was):
            yield (
                span,
                f"gets shorter, from {was} to {now}, and with it the time for which S3 locks what snapshots write",
                f"write {was} or more, or give the lock up on purpose: allowOrphaned: [{lock}]",
            )


CLOUD_TRANSITIONS: tuple[TransitionRule, ...] = (_what_guards_data_stays, _no_lock_gets_shorter)
