"""Codes of Spark ads, and URL properties with their proofs."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.platform.products.business_accounts import UrlPropertyStatus

from ...world.collection import Collection, Entity, Index
from ...world.entities import PropertyKind


@dataclass(slots=True)
class SparkAuthorization(Entity):
    """The code with which an ad account uses a post in ads."""

    item_id: str
    code: str
    start: float
    days: int
    deleted: bool = False
    used: bool = False
    """Whether an ad uses the post."""

    @property
    def end(self) -> float:
        return self.start + self.days * 86_400


@dataclass(slots=True)
class PropertyProof(Entity):
    """A URL property that an app added, and what proves it."""

    app_id: str
    kind: PropertyKind
    url: str
    signature: str
    status: UrlPropertyStatus = UrlPropertyStatus.UNCHECKED

    @property
    def file_name(self) -> str:
        return f"tiktok{self.signature}.txt"


SPARK_AUTHORIZATIONS = Collection("spark_authorizations", SparkAuthorization, key="item_id")
SPARK_BY_CODE = Index[SparkAuthorization](on=("code",))
PROPERTY_PROOFS = Collection("property_proofs", PropertyProof, key=("app_id", "kind", "url"))
PROOFS_OF_APP = Index[PropertyProof](on=("app_id",))
