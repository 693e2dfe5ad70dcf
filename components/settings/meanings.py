"""What each field means, read from the texts below the fields when somebody asks for it.

Pydantic can do the same while it builds a class, which costs every command a fifth of its time.
"""

import ast
import functools
import inspect
import sys

from components.settings.base import Settings


def meaning(model: type[Settings], name: str) -> str:
    """The text below a field of a model, in one line; empty where nothing stands there.

    Args:
        model: The section's class.
        name: The field's name in Python.
    """
    owner = next(base for base in model.__mro__ if name in vars(base).get("__annotations__", {}))
    return _texts(owner.__module__).get((owner.__qualname__, name), "")


@functools.cache
def _texts(module: str) -> dict[tuple[str, str], str]:
    """Every text below an annotated name in the classes of a module, by class and name."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found = {}
    for defined in tree.body:
        if isinstance(defined, ast.ClassDef):
            for field, below in zip(defined.body, defined.body[1:], strict=False):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[defined.name, name] = " ".join(text.split())
    return found
