"""What may follow what in a gateway that may have something queued."""

from collections.abc import Iterator

from components.settings.transition import Finding, Texts, TransitionRule, changed


def _no_queue_is_left_behind(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "collector.gateway.replicas"):
        if int(now) < int(was):
            problem = (
                f"goes down from {was} to {now}, and what those taken away have queued stays on their disks, unsent"
            )
            remedy = (
                f"wait until otelcol_exporter_queue_size of collector-gateway-{now} and up is 0, then write "
                f"allowOrphaned: [{key}]; as many gateways as before send what is left"
            )
            yield key, problem, remedy


COLLECTOR_TRANSITIONS: tuple[TransitionRule, ...] = (_no_queue_is_left_behind,)
