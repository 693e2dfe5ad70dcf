"""Where images come from."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Bound, Promoted
from components.settings.texts import ImageName, ImageTag, MirrorPrefix


class ImagesSettings(Settings):
    """Where images are pulled from."""

    mirror: Annotated[MirrorPrefix | None, Bound()] = None
    """Registry prefix put before every image name; null pulls from the images' own registries."""


class JobsSettings(Settings):
    """The image that runs the platform's own jobs, which are Python modules without dependencies."""

    image: Annotated[ImageName, Promoted()]
    """Name of an image with Python 3.11 or later."""
    version: Annotated[ImageTag, Promoted()]
    """Tag of that image."""
