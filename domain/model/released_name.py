"""Names that members and groups have let go of: who held a name at an instant of the past."""

from sqlalchemy import Column, String
from sqlmodel import Field, SQLModel

from domain.model.base import UUID, uuid_column, uuid_key


class ReleasedNameTable(SQLModel, table=True):
    """Append-only. Written only when a name ends, which is rare: holding one costs nothing.

    Whoever held a name at an instant is who let go of it first after that, else who has it now.
    `kind` is a NameKind, `key` the form in which the name is unique, `event_id` the event that
    ended it.
    """

    __tablename__ = "released_names"

    organization_id: UUID = uuid_key()
    kind: str = Field(sa_column=Column(String(collation="C"), primary_key=True))
    key: str = Field(sa_column=Column(String(collation="C"), primary_key=True))
    event_id: UUID = uuid_key()
    subject_id: UUID = uuid_column()
