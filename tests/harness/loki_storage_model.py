"""Where Loki 3.7 keeps what it writes: the keys of `storage_config` that are used, as its reference has them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tests.harness.strict import Strict

Path = Annotated[str, Field(pattern=r"^/.+[^/]$")]


class Filesystem(Strict):
    dir: Path


class S3(Strict):
    endpoint: Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]+)?$")]
    region: str
    bucket_name: str
    dualstack_enabled: bool
    bucket_lookup_type: Literal["auto", "path", "virtual-hosted"] | None = None
    insecure: bool | None = None


class NamedStores(Strict):
    """Further object stores; all of them have the one `storage_prefix` of the block around."""

    s3: Annotated[dict[str, S3], Field(min_length=1)]


class ObjectStore(Strict):
    storage_prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] | None = None
    filesystem: Filesystem | None = None
    s3: S3 | None = None
    named_stores: NamedStores | None = None

    @model_validator(mode="after")
    def _no_name_is_that_of_a_kind(self) -> ObjectStore:
        assert not self.named & {"filesystem", "s3", "gcs", "azure", "swift"}, "a named store has the name of a kind"
        return self

    @property
    def named(self) -> set[str]:
        return set(self.named_stores.s3) if self.named_stores else set()

    @property
    def own(self) -> set[str]:
        return {name for name in ("filesystem", "s3") if getattr(self, name) is not None}


class Shipper(Strict):
    active_index_directory: Path
    cache_location: Path


class Storage(Strict):
    # Below this switch alone is `object_store` read.
    use_thanos_objstore: Literal[True]
    object_store: ObjectStore
    tsdb_shipper: Shipper
