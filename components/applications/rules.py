"""Rules of what applications tell: what is named can be measured, and its limits make sense."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from components.applications.convention_settings import CONVENTIONS
from components.applications.limit_settings import Limits
from components.applications.settings import ApplicationSettings
from components.applications.signals_settings import CallsSettings, QueueSettings
from components.settings.base import NotReadError
from components.settings.fields import values
from components.settings.quantities import Duration
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.thresholds import Threshold

OWN_TEAM = "platform"
BELOW = ("rate", "hitRatio", "least")
"""Limits below which people are told; all others are limits from which on they are."""

MONTH, WEEK_BEFORE = Duration.parse("30d"), Duration.parse("8d")
_UNITS = {"metric": "_seconds", "oldest": "_seconds", "hits": "_total", "misses": "_total"}
"""How Prometheus ends a name: seconds by their unit, counters by what they are."""


def _each(check: Callable[[StackSettings, KeyPath, ApplicationSettings], Iterator[Mistake]]) -> Rule:
    """A rule for one application, run on all; one that could not be read does not hide the others."""

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        for name, application in stack.applications.items():
            with suppress(NotReadError):
                yield from check(stack, ("applications", name), application)

    return rule


def _calls(application: ApplicationSettings, path: KeyPath) -> Iterator[tuple[KeyPath, CallsSettings]]:
    for name, calls in application.signals.calls.items():
        yield (*path, "signals", "calls", name), calls


def _calls_are_counted_once(_: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    for here, calls in _calls(application, path):
        if (calls.convention is None) == (calls.metric is None):
            given = "neither" if calls.metric is None else "both"
            remedy = "write convention: http (or rpc, database, messaging, model, agent), or metric: NAME"
            yield Mistake(here, f"must have exactly one of convention and metric, but has {given}", remedy)
        elif calls.metric is not None and not calls.failed and (calls.errors or calls.availability):
            problem = "has a limit of errors, but nothing says which calls of its metric failed"
            yield Mistake(here, problem, "write failed: [status=failed] with a label of the metric")


def _queues_are_measured(_: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    for name, queue in application.signals.queues.items():
        here = (*path, "signals", "queues", name)
        for limit, metric in (("backlog", "waiting"), ("lag", "oldest")):
            if _given(queue, limit) and not _given(queue, metric):
                yield Mistake((*here, limit), f"is a limit of {metric}, which is not given", f"write {metric}: METRIC")
        if not _given(queue, "waiting") and not _given(queue, "oldest"):
            yield Mistake(here, "names no metric", "write waiting: METRIC or oldest: METRIC")


def _given(queue: QueueSettings, name: str) -> bool:
    return getattr(queue, name) is not None


def _units_are_those_of_the_limits(
    _: StackSettings, path: KeyPath, application: ApplicationSettings
) -> Iterator[Mistake]:
    for given in values(application.signals, (*path, "signals")):
        name = given.field.name
        # A measure of quality has a metric too, and no unit.
        ending = None if name == "metric" and given.field.model is not CallsSettings else _UNITS.get(name)
        if ending is not None and not str(given.value).endswith(ending):
            problem = f"is {given.value}, and must end in {ending}: what is measured in another unit has other limits"
            yield Mistake(given.path, problem, f"write the name that Prometheus gives it, {given.value}{ending}")


def _limits_make_sense(_: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    for given in values(application.signals, (*path, "signals")):
        if not isinstance(given.value, Limits):
            continue
        milder, worse = given.value.warning, given.value.critical
        if milder is None and worse is None:
            yield Mistake(given.path, "has no limit", "write a warning or a critical one, or leave it out")
        if milder is None or worse is None:
            continue
        below = given.path[-1] in BELOW
        first, then = Threshold.parse(milder).value, Threshold.parse(worse).value
        if first == then or (first < then) == below:
            problem = f"is {worse}, which comes before the warning, {milder}"
            yield Mistake((*given.path, "critical"), problem, f"write one {'below' if below else 'above'} the warning")


def _objectives_have_a_window(
    stack: StackSettings, path: KeyPath, application: ApplicationSettings
) -> Iterator[Mistake]:
    for here, calls in _calls(application, path):
        for key in ("availability", "quick") if stack.objectives is None else ():
            if getattr(calls, key) is not None:
                problem = "is an objective, but no section objectives says over which window it is measured"
                yield Mistake((*here, key), problem, "add ballast:objectives, or leave it out")


def _quick_is_counted(_: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    for here, calls in _calls(application, path):
        limits = () if calls.convention is None else CONVENTIONS[calls.convention].limits
        if calls.quick is None or not limits or Threshold.parse(calls.quick.within).value in limits:
            continue
        known = ", ".join(f"{1000 * limit:g}ms" for limit in limits)
        problem = f"is {calls.quick.within}, but no bucket of {calls.convention} ends there: nobody counts the calls"
        yield Mistake((*here, "quick", "within"), problem, f"write one of {known}")


def _spend_can_be_told(stack: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    spend, kept = application.signals.spend, stack.prometheus.retention
    if spend is None:
        return
    if spend.shared_by is not None and spend.shared_by not in application.signals.calls:
        problem = f"is {spend.shared_by}, which is none of the application's calls"
        remedy = f"write one of {', '.join(application.signals.calls) or 'them below calls'}, or leave it out"
        yield Mistake((*path, "signals", "spend", "sharedBy"), problem, remedy)
    for key, limits, needed in (
        ("month", spend.month, MONTH),
        ("againstAverage", spend.against_average, WEEK_BEFORE),
    ):
        if limits is not None and kept < needed:
            problem = f"looks {needed} back, but Prometheus keeps {kept}"
            yield Mistake((*path, "signals", "spend", key), problem, "leave it out, or keep metrics for longer")


def _teams_are_known(stack: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    teams = stack.alertmanager.teams
    if application.team != OWN_TEAM and application.team not in teams:
        problem = f"is {application.team}, which is none of alertmanager.teams: nobody of it would be told"
        yield Mistake((*path, "team"), problem, "add the team there, or leave it out")


def _something_is_told(_: StackSettings, path: KeyPath, application: ApplicationSettings) -> Iterator[Mistake]:
    if not any(vars(application.signals).values()):
        yield Mistake((*path, "signals"), "names nothing that is measured", "write calls, queues or pods, for example")


def _services_belong_to_one(stack: StackSettings) -> Iterator[Mistake]:
    owners: dict[str, str] = {}
    for name, application in stack.applications.items():
        with suppress(NotReadError):
            for service in application.services or (name,):
                if owners.setdefault(service, name) != name:
                    problem = (
                        f"has the service {service}, which belongs to {owners[service]}: its metrics would count twice"
                    )
                    yield Mistake(("applications", name, "services"), problem, "name services of its own")


APPLICATION_RULES: tuple[Rule, ...] = (
    *map(
        _each,
        (
            _calls_are_counted_once,
            _queues_are_measured,
            _units_are_those_of_the_limits,
            _limits_make_sense,
            _objectives_have_a_window,
            _quick_is_counted,
            _spend_can_be_told,
            _teams_are_known,
            _something_is_told,
        ),
    ),
    _services_belong_to_one,
)
