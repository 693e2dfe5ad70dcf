"""What everything else knows of Loki."""

from components.observability.loki.rules import LOKI_RULES
from components.observability.loki.settings import FOLDER
from components.observability.loki.transitions import LOKI_TRANSITIONS, first_free_day
from components.settings.limit import CACHES, DAY, LONGEST, Limits
from components.settings.program import Periods, Program
from components.settings.readiness import MONTH, Readiness
from components.settings.versions import Supported

_KEPT = Limits(DAY, LONGEST, "its index is cut by days, and no law asks for more than 30 years")

LOKI = Program(
    pods=lambda stack: (stack.loki,),
    rules=LOKI_RULES,
    moves={
        "loki": Periods(
            places=lambda stack: None if stack.loki is None else stack.loki.places,
            folder=FOLDER,
            first_free_day=first_free_day,
        )
    },
    transitions=LOKI_TRANSITIONS,
    limits={"loki.retention": _KEPT, "loki.streams.*.retention": _KEPT, "loki.memory": CACHES},
    supported={"loki": Supported((3, 7, 0), 4)},
    ready=(
        Readiness(
            "logs in Loki are kept thirty days",
            lambda s: s.loki is None or s.loki.retention >= MONTH,
            "write ballast:loki.retention: 30d (M5)",
        ),
    ),
)
