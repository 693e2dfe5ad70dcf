"""What everything else knows of Tempo."""

from components.observability.tempo.rules import TEMPO_RULES
from components.settings.limit import CACHES, LONGEST, Limits
from components.settings.program import Program
from components.settings.versions import Supported

TEMPO = Program(
    pods=lambda stack: (stack.tempo,),
    rules=TEMPO_RULES,
    limits={
        "tempo.memory": CACHES,
        # It looks for new blocks every five minutes; a trace must be there for longer than it takes to be found.
        "tempo.retention": Limits(
            3600,
            LONGEST,
            "a trace that is deleted sooner can hardly be looked at, and nobody looks at one of 30 years ago",
        ),
    },
    supported={"tempo": Supported((3, 0, 0), 4, "3.0 refuses keys of 2.x and the other way round")},
)
