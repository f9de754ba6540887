"""What a provider's removal of `active` means: the membership stays, the answers are silent."""

from domain.ids import UUID
from tests.scim_facade.people import ada
from tests.support.scim import Served


async def test_removing_active_leaves_the_membership_and_silences_the_answers(acme: Served) -> None:
    id_ = await ada(acme)

    silent = await acme.patch(f"/Users/{id_}", {"op": "remove", "path": "active"})
    again = await acme.patch(f"/Users/{id_}", {"op": "remove", "path": "active"})

    assert silent.status == 200
    assert "active" not in silent.json
    assert again.json == silent.json == (await acme.get(f"/Users/{id_}")).json
    assert acme.log[-3].warnings == (
        "Without active the membership stays as it is; send true or false to change it.",
    )
    assert (await acme.standing(id_))["status"] == "INVITED"
    assert await acme.looks.invitations(UUID(id_)) == ["QUEUED"]
    assert await acme.find("/Users", "active eq true") == [id_]

    titled = await acme.patch(f"/Users/{id_}", {"op": "add", "path": "title", "value": "Q"})
    revoked = await acme.patch(f"/Users/{id_}", {"op": "add", "path": "active", "value": False})
    restored = await acme.patch(f"/Users/{id_}", {"op": "add", "path": "active", "value": True})

    assert "active" not in titled.json
    assert (revoked["active"], restored["active"]) == (False, True)
