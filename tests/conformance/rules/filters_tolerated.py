"""Filters as identity providers write them, and their limits."""

from __future__ import annotations

from urllib.parse import quote

from tests.conformance.client import Client, name
from tests.conformance.registry import rule


@rule("FIL-09")
def values_without_quotes_are_text(acme: Client) -> None:
    """A value without quotes is text that ends with the term."""
    made = acme.user(f"{name()}@example.com", externalId=name("ext"))
    assert acme.find(f"userName eq {made['userName']}") == [made.id]
    assert acme.find(f"(externalId eq {made['externalId']}) and active eq true") == [made.id]
    assert acme.find("userName eq nobody@example.com") == []


@rule("FIL-10")
def single_quotes_are_taken(acme: Client) -> None:
    """Strings may stand in single quotes."""
    made = acme.user()
    assert acme.find(f"userName eq '{made['userName']}'") == [made.id]


@rule("FIL-11")
def a_part_may_follow_the_brackets(acme: Client) -> None:
    """A sub-attribute and a comparison may follow the brackets, as Entra ID writes it."""
    address = f"{name()}@example.com"
    made = acme.user(emails=[{"type": "work", "value": address}])
    acme.user(emails=[{"type": "home", "value": f"{name()}@example.com"}])
    assert acme.find(f'emails[type eq "work"].value eq "{address}"') == [made.id]
    assert acme.find(f'emails[type eq "home"].value eq "{address}"') == []


@rule("FIL-12")
def a_complex_attribute_means_its_value(acme: Client) -> None:
    """A comparison with a complex attribute means its value."""
    address = f"{name()}@example.com"
    made = acme.user(emails=[{"type": "work", "value": address}])
    assert acme.find(f'emails eq "{address}"') == [made.id]
    assert acme.find(f'emails co "{address[2:-3]}"') == [made.id]


@rule("FIL-13")
def booleans_may_be_text(acme: Client) -> None:
    """A boolean may be compared with the words true and false in quotes."""
    made, off = acme.user(), acme.user(active=False)
    assert acme.find('active eq "True"') == [made.id]
    assert acme.find('active eq "false"') == [off.id]
    assert acme.filtered('active eq "maybe"').error == (400, "invalidFilter")


@rule("FIL-18", note="Of several values one that differs is not enough: ne is the opposite of eq.")
def absent_is_not_equal(acme: Client) -> None:
    """`ne` holds for an attribute without a value; of several values none may be equal."""
    made = acme.user()
    two = acme.user(phoneNumbers=[{"value": "+1"}, {"value": "+2"}])
    assert acme.find('title ne "x"') == [made.id, two.id]
    assert acme.find('phoneNumbers.value ne "+3"') == [made.id, two.id]
    assert acme.find('phoneNumbers.value ne "+1"') == [made.id]


@rule("FIL-22")
def an_unknown_attribute_is_refused(acme: Client) -> None:
    """A filter on an attribute that the type lacks is 400 invalidFilter."""
    acme.user()
    for text in ('shoeSize eq "44"', 'name.middle eq "x"', "members pr", 'urn:x:y eq "z"'):
        assert acme.filtered(text).error == (400, "invalidFilter"), text
    assert acme.filtered('userName eq "x"', "/Groups").error == (400, "invalidFilter")


@rule("FIL-24")
def references_can_be_checked(acme: Client) -> None:
    """Whether a reference is there already can be asked, by manager and by member."""
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    boss = acme.user()
    made = acme.user(**{enterprise: {"manager": {"value": boss.id}}})
    group = acme.group(made.id)
    assert acme.find(f'id eq "{made.id}" and manager eq "{boss.id}"') == [made.id]
    assert acme.find(f'id eq "{boss.id}" and manager eq "{boss.id}"') == []
    for text in (
        f'id eq "{group.id}" and members eq "{made.id}"',
        f'members.value eq "{made.id}"',
        f'members[value eq "{made.id}"]',
    ):
        assert acme.find(text, "/Groups") == [group.id], text
        assert acme.find(text.replace(made.id or "x", boss.id), "/Groups") == [], text


@rule("FIL-26")
def filters_may_be_encoded_in_every_way(acme: Client) -> None:
    """Spaces as %20 and +, quotes encoded or not, and what stands in quotes is never split."""
    made = acme.user(f"a+{name()}@example.com", title='x and y eq "z") or (p pr [q]')
    value = made["userName"] or ""
    plus = value.replace("+", "%2B")
    for query in (
        f"userName%20eq%20%22{quote(value)}%22",
        f"userName+eq+%22{plus}%22",
        f'userName+eq+"{plus.replace("@", "%40")}"',
        f"userName+eq+%27{plus}%27",
    ):
        assert acme.get(f"/Users?filter={query}").ids == [made.id], query
    title = (made["title"] or "").replace('"', '\\"')
    assert acme.find(f'title eq "{title}" and active eq true') == [made.id]
    assert acme.get("/Users?filter=userName+eq+%22%zz%22").error == (400, "invalidFilter")


@rule("FIL-27")
def spaces_are_free(acme: Client) -> None:
    """Spaces around operators are tolerated, and an empty filter is none."""
    made = acme.user(title="x")
    assert acme.find('  title   eq  "x"   and ( active  eq true )  ') == [made.id]
    for empty in ("filter=", "filter=%20"):
        assert acme.get(f"/Users?{empty}").ids == [made.id]


@rule("FIL-28")
def values_are_data(acme: Client) -> None:
    """Signs with a meaning in SQL have none here."""
    odd = {"100%": "%", "a_b": "_", "c\\d": "\\", "it's; DROP TABLE members": "'s; "}
    made = {title: acme.user(title=title).id for title in odd}
    for title, part in odd.items():
        text = part.replace("\\", "\\\\")
        for operator in ("co", "eq"):
            value = text if operator == "co" else title.replace("\\", "\\\\")
            assert acme.find(f'title {operator} "{value}"') == [made[title]], title
    assert acme.find('title sw "_"') == acme.find('title co "\' or 1=1 --"') == []
    assert acme.get("/Users")["totalResults"] == 4


@rule("FIL-29")
def filters_have_limits(acme: Client) -> None:
    """A filter that is too long, too deep or has too many terms is 400 invalidFilter."""
    acme.user()
    long = 'title eq "{}"'.format("x" * 5000)
    deep = "(" * 100 + "title pr" + ")" * 100
    many = " or ".join(["title pr"] * 300)
    for text in (long, deep, many):
        assert acme.filtered(text).error == (400, "invalidFilter")
        assert acme.search("/Users", filter=text).error == (400, "invalidFilter")
    assert acme.filtered(" or ".join(["title pr"] * 100)).status == 200
