"""What no program can know: a person confirms it."""

CONFIRMED = (
    "a restore of every store was tried within the last quarter, and took no longer than its recovery time (M4, K5)",
    "the loss of the region was played through, with copies of the snapshots that lie in another one (M8, O6)",
    "somebody is on call at any hour, knows it, and has the pager's number of this environment (O5)",
    "whoever is on call has read docs/on-call.md and can reach cluster, Grafana and the key of the secrets",
    "a test page and a test message have reached the people they are meant for (O3)",
    "owners of data and budgets are known by name, with a deputy each",
    "the load that is expected was tried with twice as much (M10, O7)",
    "etcd and the storage class encrypt what they hold (A4, L6)",
    "who may deploy, read secrets and release data was looked over within the last quarter (L6)",
    "every secret is younger than 90 days, or has a date for its change (L6)",
    "the repository is protected: reviews of the environment's file, no push to main (M11)",
    "prices of language models were compared with the vendors' pages, and a limit stands at each vendor (O4)",
    "what masks hide was tried with real logs and traces of each application (A2)",
    "windows of maintenance are agreed on with those who use the platform",
    "users know what is promised to them, and where they see it (K4, L7)",
)
