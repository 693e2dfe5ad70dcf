"""Where images come from."""

import re
from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Bound, Promoted, Section
from components.settings.texts import ImageName, ImageTag, MirrorPrefix, ObjectName, RegistryName, ShortLabel

#: The image of Docker's library under each of its names; it holds Python and no boto3.
STOCK_PYTHON = re.compile(r"([a-z.]*docker\.io/)?python|(.*/)?library/python")


class RegistryMirrorSettings(Settings):
    """A mirror of one registry."""

    registry: Annotated[RegistryName, Bound()]
    """The registry that it stands for: docker.io (images without one), quay.io, registry.k8s.io."""
    prefix: Annotated[MirrorPrefix, Bound()]
    """What is put before the names of its images."""


class ImagesSettings(Settings):
    """Where images are pulled from."""

    mirror: Annotated[MirrorPrefix | None, Bound()] = None
    """Registry prefix put before every image name; null pulls from the images' own registries."""
    mirrors: Annotated[dict[ShortLabel, RegistryMirrorSettings], Section(), Field(default_factory=dict)]
    """Mirrors of single registries by name; they go before `mirror`."""
    pull_secret: Annotated[ObjectName | None, Bound()] = None
    """Name of a Secret that each namespace gets, made of `imagePullConfig`, with which all images are pulled."""


class JobsSettings(Settings):
    """The image that runs the platform's own jobs, which are Python modules; only a bucket needs a package, boto3."""

    # Bound: what travels is the version; dev writes to volumes and so runs the stock image.
    image: Annotated[ImageName, Bound()]
    """Name of an image with Python 3.11 or later, and with boto3 where snapshots go to s3 (images/jobs/Dockerfile)."""
    version: Annotated[ImageTag, Promoted()]
    """Tag of that image; a derived one has the tag of the Python image it is made from."""
