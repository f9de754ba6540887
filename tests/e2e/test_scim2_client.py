"""A strict independent client walks through the life of a user: scim2-client, over a socket."""

from __future__ import annotations

from typing import Any

import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import EnterpriseUser, Error, Manager, User
from scim2_models.exceptions import (
    InvalidFilterException,
    MutabilityException,
    NotFoundException,
    UnauthorizedException,
    UniquenessException,
)

from tests.e2e.strict_client import Crew, Operation, Patch, Person, connection, make
from tests.support.house import Resident

Name: Any = User.Name
Email: Any = User.Emails
Phone: Any = User.PhoneNumbers
ABSENT = "00000000-0000-4000-8000-000000000000"


def test_it_finds_its_way_by_discovery_alone(acme: Resident) -> None:
    with connection(acme) as http:
        client = SyncSCIMClient(http)
        client.discover()

        config = client.provider.config
        assert config is not None
        for feature in (config.patch, config.filter, config.sort, config.etag, config.bulk):
            assert feature is not None
            assert feature.supported
        assert [one.name for one in client.provider.resource_types] == ["User", "Group"]
        model: Any = client.provider.model_for_endpoint("/Users")
        assert list(model.get_extension_models()) == [str(EnterpriseUser.__schema__)]
        made: Any = client.create(model(user_name="ada@x.example"))
        read: Any = client.query(model, made.id)
        assert read == made


def test_the_life_of_a_user(client: Any, acme: Resident) -> None:
    # given a manager, and somebody with everything
    chief = make(client, "chief")
    sent = Person(
        user_name="ada@x.example",
        external_id="e-1",
        name=Name(given_name="Ada", family_name="Berg"),
        emails=[Email(value="ada@x.example", type="work", primary=True)],
        phone_numbers=[Phone(value="+49 30 1", type="work")],
        active=True,
    )
    sent[EnterpriseUser] = EnterpriseUser(
        department="Looms", manager=Manager(value=chief.id, ref=chief.meta.location)
    )

    # when it is created, then it comes back as it was sent
    made: Any = client.create(sent)
    assert (made.user_name, made.external_id, made.active) == ("ada@x.example", "e-1", True)
    assert made.name == sent.name
    assert made.emails == sent.emails
    assert made.phone_numbers == sent.phone_numbers
    assert made[EnterpriseUser].department == "Looms"
    assert made[EnterpriseUser].manager.value == chief.id
    assert made.meta.resource_type == "User"
    assert made.meta.version == 'W/"1"'
    assert made.meta.created == made.meta.last_modified
    assert client.query(Person, made.id) == made

    # when it is changed by its parts, then only those change
    changed: Any = client.modify(
        Person,
        made.id,
        Patch[Person](
            operations=[
                Operation[Person](op="replace", path="displayName", value="Ada B."),
                Operation[Person](
                    op="add", path='phoneNumbers[type eq "work"].display', value="desk"
                ),
                Operation[Person](op="remove", path="name.familyName"),
                Operation[Person](op="replace", path="active", value=False),
            ]
        ),
    )
    assert (changed.display_name, changed.active) == ("Ada B.", False)
    assert changed.name == Name(given_name="Ada")
    assert changed.phone_numbers == [Phone(value="+49 30 1", type="work", display="desk")]
    assert changed.emails == made.emails
    assert changed.meta.version == 'W/"3"'

    # when it is replaced, then what is not sent is gone
    whole = Person(id=made.id, user_name="ada@x.example", title="Weaver", active=True)
    replaced: Any = client.replace(whole)
    assert (replaced.title, replaced.display_name, replaced.active) == ("Weaver", None, True)
    assert replaced.phone_numbers is None
    assert replaced[EnterpriseUser] is None
    assert replaced.meta.created == made.meta.created

    # when it is deleted, then it is nowhere, and the history says all of it
    client.delete(Person, made.id)
    with pytest.raises(NotFoundException):
        client.query(Person, made.id)
    left: Any = client.query(Person)
    assert [one.id for one in left.resources] == [chief.id]
    acme.wait_for_seal()
    assert acme.history()[-1] == "member.removed"


def test_refusals_are_errors_of_their_kind(client: Any, acme: Resident) -> None:
    ada = make(client, "ada")
    before = acme.contents()["members"]

    with pytest.raises(UniquenessException) as taken:
        make(client, "ADA")
    error = client.create(Person(user_name="ada@x.example"), raise_scim_errors=False)
    with pytest.raises(NotFoundException):
        client.query(Person, ABSENT)
    with pytest.raises(NotFoundException):
        client.delete(Crew, ada.id)
    with pytest.raises(InvalidFilterException):
        client.query(
            Person, query_parameters={"filter": "userName is ada"}, check_request_payload=False
        )
    with pytest.raises(MutabilityException):
        client.modify(
            Person,
            ada.id,
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "id", "value": "x"}],
            },
            check_request_payload=False,
        )
    with connection(acme, "rck_wrong") as http, pytest.raises(UnauthorizedException):
        SyncSCIMClient(http, provider=client.provider).query(Person)

    assert taken.value.status == 409
    assert isinstance(error, Error)
    assert (error.status, error.scim_type) == (409, "uniqueness")
    assert ada.id in str(error.detail)
    assert acme.contents()["members"] == before
