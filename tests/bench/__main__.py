"""`make bench`: each figure beside its floor, measured in one run; a figure is not a test, so none of them fails."""

from __future__ import annotations

from tests.bench import kubectl, preview, promotion, report, rules, snapshots, telemetry

if __name__ == "__main__":
    preview.show()
    kubectl.show()
    snapshots.show()
    telemetry.show()
    rules.show()
    report.show()
    promotion.show()
