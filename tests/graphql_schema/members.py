"""What the tests of member mutations share."""

from __future__ import annotations

from typing import Any

from domain.application import Application
from domain.commands import Member
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import Api

SELECTED = "member { id status role version displayName email externalId userName source }"


async def made(
    app: Application, caller: Api, status: MemberStatus, **given: Any
) -> tuple[Member, str, Looks]:
    member = await factories.member(app, caller.organization_id, status, **given)
    return member, caller.member_id(member.id), Looks(app.pool, caller.organization_id)


def error(code: str, message: str, *path: str, type_: str = "BasicError") -> dict[str, Any]:
    return {"__typename": type_, "code": code, "message": message, "path": list(path)}
