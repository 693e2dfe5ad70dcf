"""What makes a bare machine able to run Ballast: the Pulumi engine and a local Kubernetes, built from Go modules."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is what tells someone who runs an older one
    sys.exit(
        f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}. "
        "Name another one with `make up PYTHON=python3.12`."
    )
