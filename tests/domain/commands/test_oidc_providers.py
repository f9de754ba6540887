"""Names of OpenID providers: one of each in an organization, whoever gives them at once."""

from __future__ import annotations

from domain.application import Application
from domain.commands import CreateOidcProvider, UpdateOidcProvider
from domain.ids import UUID
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.racing import race

NAMES = "SELECT name FROM oidc_providers WHERE organization_id = $1 ORDER BY name"


def provider(organization_id: UUID, name: str) -> CreateOidcProvider:
    return CreateOidcProvider(organization_id, name, "https://idp.example.com", "rollcall", "x")


async def names(app: Application, organization_id: UUID) -> list[str]:
    return [row["name"] for row in await app.pool.fetch(NAMES, organization_id)]


async def test_of_many_who_give_one_name_at_once_one_does(
    app: Application, organization_id: UUID
) -> None:
    others = [
        (await app.execute(provider(organization_id, f"Other {number}"), SYSTEM)).value
        for number in range(4)
    ]

    made = await race(
        [
            *(app.execute(provider(organization_id, "Directory"), SYSTEM) for _ in range(4)),
            *(
                app.execute(UpdateOidcProvider(organization_id, id_, "DIRECTORY"), SYSTEM)
                for id_ in others
            ),
        ]
    )

    assert (len(made.done), made.refusals()) == (1, ["Taken"] * 7)
    found = await names(app, organization_id)
    assert [name.casefold() for name in found].count("directory") == 1


async def test_another_organization_may_use_the_name_and_a_provider_keeps_its_own(
    app: Application, organization_id: UUID
) -> None:
    id_ = (await app.execute(provider(organization_id, "Directory"), SYSTEM)).value
    other = await factories.organization(app)

    await app.execute(provider(other, "Directory"), SYSTEM)
    respelled = await app.execute(UpdateOidcProvider(organization_id, id_, "DIRECTORY"), SYSTEM)

    assert respelled.changed
    assert await names(app, organization_id) == ["DIRECTORY"]
    assert await names(app, other) == ["Directory"]
