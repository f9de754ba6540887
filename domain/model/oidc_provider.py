"""The OpenID provider with which an organization lets its people sign in."""

from sqlalchemy import BigInteger, Boolean, Column, Index
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.model.base import UUID, datetime, instant_column, text_column, uuid_column, uuid_key


class OidcProviderTable(SQLModel, table=True):
    """Global table; `sealed_client_secret` is a JWE under a key of the deployment.

    With `trust_email` an address counts as verified although the provider does not say so.
    """

    __tablename__ = "oidc_providers"
    __table_args__ = (
        ForeignKey(["organization_id"], ["organizations.id"]),
        Index(None, "organization_id", "id"),
    )

    id: UUID = uuid_key()
    organization_id: UUID = uuid_column()
    name: str = text_column()
    issuer: str = text_column()
    client_id: str = text_column()
    sealed_client_secret: str = text_column()
    trust_email: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default="false")
    )
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()
