"""What everything else knows of Tempo."""

from components.observability.tempo.rules import TEMPO_RULES
from components.settings.limit import CACHES, LONGEST, Limits
from components.settings.program import Program
from components.settings.readiness import WEEK, Readiness
from components.settings.versions import Supported

TEMPO = Program(
    pods=lambda stack: (stack.tempo,),
    rules=TEMPO_RULES,
    moves={
        "tempo": "Tempo has one place for all its traces, so none from a coming day on. Write the new tempo.s3 into "
        "the stack file, copy the folder of the old bucket there if its traces are still needed, and give up what lies "
        "at the old place for one update: allowOrphaned: [tempo.s3]."
    },
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
    ready=(
        Readiness(
            "traces are kept a week", lambda s: s.tempo.retention >= WEEK, "write ballast:tempo.retention: 7d (M5)"
        ),
    ),
)
