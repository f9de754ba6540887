"""A mail that was not sent, since no mail server is set, to be looked at instead."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.mailbox import MailboxRow
from graphql_schema.enums import MailKind
from graphql_schema.fields import shown
from graphql_schema.services import ShownMail


@strawberry.type(
    description=(
        "A mail that was not sent, since no mail server is set. Whoever reads it can use its link:"
        " accept in place of others, sign in as them."
    )
)
class DevelopmentMail:
    row: strawberry.Private[MailboxRow]
    mail: strawberry.Private[ShownMail]

    id: strawberry.ID = shown(
        lambda self: strawberry.ID(str(self.row.id)),
        description="A UUID; no `node` has it.",
    )
    kind: MailKind = shown()
    sent_to: str = shown("row.email")
    subject: str = shown("mail.subject")
    text: str = shown("mail.text")
    html: str = shown("mail.html")
    link: str | None = shown("mail.link")
    queued_at: datetime = shown()
