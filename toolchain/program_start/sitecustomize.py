"""What Python does before it runs the Pulumi program: its interpreter imports this module by itself."""  # noqa: INP001

from __future__ import annotations

import gc
import sys

# The program keeps nearly all that it makes until its end, so a collection finds next to nothing; the collections of
# one preview took a third of the program's CPU (docs/decisions/0031). Other Pythons of a run, pip's and uv's, collect.
if any(argument.endswith("pulumi-language-python-exec") for argument in sys.orig_argv):
    gc.disable()
