"""Filters over the facade: spellings that providers use, groups, limits, what is refused."""

from urllib.parse import quote

import pytest

from domain.commands import InviteMember
from domain.ids import UUID
from domain.vocabulary import ProvisioningSource
from tests.support.factories import SYSTEM
from tests.support.scim import ENTERPRISE, GROUP, MEMBERSHIP, PUBLIC_URL, USER, Served


@pytest.mark.parametrize(
    "query",
    [
        'filter=userName eq "a.b+c@x.example"',
        "filter=USERNAME%20Eq%20%22A.B%2Bc@X.example%22",
        "filter=userName+eq+%22a.b%2Bc%40x.example%22&",
        "filter=userName eq a.b%2Bc@x.example",
        "filter=userName eq 'a.b%2Bc@x.example'",
        'FILTER=  userName   eq   "a.b%2Bc@x.example"  ',
        f'filter={USER}:userName eq "a.b%2Bc@x.example"',
        'filter=emails eq "a.b%2Bc@x.example"',
        'filter=emails.value eq "A.B%2BC@x.example"',
        'filter=emails[type eq "work"].value eq "a.b%2Bc@x.example"',
        'filter=emails[primary eq true].value eq "a.b%2Bc@x.example"',
        'filter=emails[primary eq "True" and value sw "a.b%2B"]',
        'filter=externalId eq "E-1"',
        "filter=externalId eq E-1",
        'filter=externalId eq "E-1" and active eq true',
        'filter=name[givenName eq "ada" and familyName ew "ON"]',
        f'filter={ENTERPRISE}:department eq "engines"',
        f'filter={ENTERPRISE}:manager eq "42"',
        'filter=manager.value eq "42"',
        f'filter={MEMBERSHIP}:status eq "invited"',
        f'filter=schemas eq "{ENTERPRISE}"',
        'filter=displayName eq "O\'Neil (A) and \\"B\\" or [c]"',
        'filter=not (userName eq "other") and title pr',
    ],
)
async def test_one_user_is_found_in_every_spelling(acme: Served, query: str) -> None:
    found = await acme.user(
        "A.B+c@x.example",
        externalId="E-1",
        displayName='O\'Neil (A) and "B" or [c]',
        name={"givenName": "Ada", "familyName": "Byron"},
        title="T",
        emails=[{"value": "a.b+c@x.example", "type": "work", "primary": True}],
        **{ENTERPRISE: {"department": "Engines", "manager": {"value": "42"}}},
    )
    await acme.user("other", externalId="e-1")
    if "%" not in query and "+" in query:
        query = query.replace("+", "%2B")

    answer = await acme.get("/Users?" + query.replace(" ", "%20"))

    assert [user["id"] for user in answer["Resources"]] == [found.id]
    assert answer["totalResults"] == 1
    assert (acme.log[-1].operation, acme.log[-1].subject_id) == ("SEARCH", UUID(found.id))


async def test_groups_are_found_by_name_by_id_of_the_provider_and_by_member(acme: Served) -> None:
    user = await acme.user()
    group = await acme.group(user.id, name="Engines", externalId="G-1")
    await acme.group(name="Other", externalId="g-1")

    for text in (
        'displayName eq "ENGINES"',
        'externalId eq "G-1"',
        f'{GROUP}:displayName sw "eng"',
        f'members eq "{user.id}"',
        f'members.value eq "{user.id.upper()}"',
        f'members[value eq "{user.id}" and type eq "User"]',
        f'members[type eq "User" and value eq "{user.id}"]',
        f'id eq "{group.id}" and members eq "{user.id}"',
        "members pr",
        f'displayName co "gin" and meta.lastModified ge "{group["meta"]["lastModified"]}"',
    ):
        assert await acme.find("/Groups", text) == [group.id], text
    for text in (
        f'members[value eq "{user.id}" and type eq "Group"]',
        f'members[value eq "{user.id}" and value eq "{group.id}"]',
        'members eq "no id"',
        f'id eq "{group.id.upper()}"',
        'displayName eq "%"',
    ):
        assert await acme.find("/Groups", text) == [], text


async def test_a_filter_that_finds_nobody_gives_an_empty_list(acme: Served) -> None:
    for endpoint in ("/Users", "/Groups"):
        answer = await acme.get(f'{endpoint}?filter=externalId%20eq%20"nobody"')
        assert answer.status == 200
        assert answer.json == {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 0,
            "startIndex": 1,
            "itemsPerPage": 0,
            "Resources": [],
        }


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        "userName eq",
        'userName xx "a"',
        'userName eq "a" and',
        '(userName eq "a"',
        'userName eq "a',
        "shoeSize eq 44",
        'password eq "x"',
        'active gt "true"',
        'active eq "perhaps"',
        "userName gt null",
        'meta.created gt "yesterday"',
        'meta.created gt "0001-01-01T00:00:00+14:00"',
        'meta.created lt "9999-12-31T23:59:59-14:00"',
        'meta.location eq "x"',
        'meta.version gt "1"',
        'groups.value co "x"',
        'groups[display eq "x"]',
        'groups[value eq "a" or value eq "b"] eq "x"',
        'emails[type eq "work"',
        'emails[emails[type eq "x"]]',
        'addresses eq "x"',
        'userName[type eq "x"]',
        'emails.unknown eq "x"',
        'userName eq "\\u0000"',
        'userName eq "\\ud800"',
        "userName eq 9007199254740993",
        "userName eq 1e999",
        "not userName pr",
        "(" * 40 + "userName pr" + ")" * 40,
        " or ".join(["title pr"] * 201),
        f'title eq "{"a" * 4096}"',
    ],
)
async def test_a_filter_that_cannot_be_understood_is_refused(acme: Served, text: str) -> None:
    for path in ("/Users", "/Users/.search"):
        if path == "/Users":
            answer = await acme.get(f"/Users?filter={quote(text)}")
        else:
            search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
            answer = await acme.post(path, {"schemas": [search], "filter": text})
        assert answer.error() == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('meta.version eq "W/\\"1\\""', True),
        ('meta.version eq "W/\\"9999999999999999999\\""', False),
        ('meta.version ne "W/\\"9999999999999999999\\""', True),
        ('meta.version eq "W/\\"1\\", W/\\"2\\""', False),
        ('meta.version eq "*"', False),
        ("meta.version eq null", False),
        ('meta.created gt "0001-01-01T00:00:00Z"', True),
        ('meta.created lt "9999-12-31T23:59:59.999999Z"', True),
        ('meta.resourceType eq "User"', True),
        ('meta.resourceType eq "Group"', False),
        ('id co "-"', True),
        ("id gt 0", True),
        ('groups[value eq "null"]', False),
        ("groups eq null", True),
    ],
)
async def test_what_stands_in_meta_can_be_asked_for(acme: Served, text: str, found: bool) -> None:
    user = await acme.user()

    assert await acme.find("/Users", text) == ([user.id] if found else [])


async def test_a_blank_filter_is_none(acme: Served) -> None:
    user = await acme.user()

    for query in ("filter=", "filter=%20", "filter", ""):
        answer = await acme.get(f"/Users?{query}")
        assert [found["id"] for found in answer["Resources"]] == [user.id]
    assert answer["Resources"][0]["meta"]["location"].startswith(PUBLIC_URL)


async def test_like_and_quotes_are_plain_characters(acme: Served) -> None:
    odd = await acme.user("u1", title="100%_'; DROP TABLE members; --\\")
    await acme.user("u2", title="1000")

    for text in ('title sw "100%"', 'title co "%_"', 'title ew "\\\\"', 'title co "\'; DROP"'):
        assert await acme.find("/Users", text) == [odd.id], text


async def test_tolerated_spellings_leave_a_warning(acme: Served) -> None:
    await acme.get("/Users?filter=userName%20eq%20bob")
    unquoted = acme.log[-1].warnings
    await acme.get("/Users?filter=userName%20eq%20'bob'")

    assert unquoted == ("An unquoted value in a filter was read as a string.",)
    assert acme.log[-1].warnings == ("A value in single quotes in a filter was read as a string.",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('emails[type eq "work"].value eq "Owner@x.example"', True),
        ('emails[primary eq true and value sw "OWNER@"]', True),
        ('emails[not (type eq "home")]', True),
        ('emails[type eq "home"]', False),
        ('emails[value eq "other@x.example"]', False),
        ("emails.value pr", True),
        ("emails pr", True),
        ("emails eq null", False),
        ('emails eq "owner@x.example"', True),
    ],
)
async def test_who_was_invited_by_address_is_found_by_the_shown_e_mail(
    acme: Served, text: str, found: bool
) -> None:
    # given an owner whom an administrator invited, and who is shown with that address
    command = InviteMember(acme.organization_id, "owner@x.example", ProvisioningSource.CLI)
    owner = (await acme.world.app.execute(command, SYSTEM)).value
    shown = (await acme.get(f"/Users/{owner.id}"))["emails"]
    assert shown == [{"value": "owner@x.example", "type": "work", "primary": True}]

    # then a provider finds the member by it, and links it
    assert await acme.find("/Users", text) == ([str(owner.id)] if found else [])
