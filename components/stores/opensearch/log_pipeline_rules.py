"""Rules of Data Prepper."""

from collections.abc import Iterator

from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _log_index_has_an_end(stack: StackSettings) -> Iterator[Mistake]:
    prepper = stack.data_prepper
    if prepper is None:
        return
    index = stack.opensearch.indexes.get(prepper.index)
    if index is None:
        known = ", ".join(stack.opensearch.indexes)
        yield Mistake(
            ("dataPrepper", "index"),
            f"is {prepper.index}, which is none of opensearch.indexes ({known})",
            "add it there with patterns and deleteAfter",
        )
    elif index.delete_after is None or f"{prepper.index}-*" not in index.patterns:
        yield Mistake(
            ("dataPrepper", "index"),
            f"is {prepper.index}, but opensearch.indexes.{prepper.index} doesn't delete what is written to "
            f"{prepper.index}-*",
            f'give it patterns: ["{prepper.index}-*"] and deleteAfter: 30d',
        )


LOG_PIPELINE_RULES: tuple[Rule, ...] = (_log_index_has_an_end,)
