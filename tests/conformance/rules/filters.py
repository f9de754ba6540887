"""Filters as the grammar of the RFC has them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.conformance.client import ENTERPRISE, USER, Client, name, path_of
from tests.conformance.registry import rule


@dataclass(frozen=True, slots=True)
class Crowd:
    """Three users: Ada and Bob with much, Cy with nothing; `of` names them by a filter."""

    acme: Client
    ids: dict[str, str]
    address: str

    def of(self, text: str) -> str:
        """The initials of those who meet the filter."""
        found = self.acme.find(text)
        return "".join(sorted(key for key, id_ in self.ids.items() if id_ in found))


def _crowd(acme: Client) -> Crowd:
    run = name()
    ada = acme.user(
        f"ada.{run}@example.com",
        externalId=f"Ext-{run}",
        displayName="Ada Byron",
        title="Weaver",
        nickName="A",
        name={"familyName": "Byron"},
        emails=[
            {"value": f"Ada.{run}@work.example", "type": "work", "primary": True},
            {"value": f"ada.{run}@home.example", "type": "home"},
        ],
        **{ENTERPRISE: {"department": "Looms"}},
    )
    bob = acme.user(
        f"bob.{run}@example.com",
        displayName="bob stone",
        title="Dyer",
        active=False,
        emails=[{"value": f"bob.{run}@home.example", "type": "home"}],
    )
    cy = acme.user(f"cy.{run}")
    return Crowd(acme, {"a": ada.id or "1", "b": bob.id or "2", "c": cy.id or "3"}, run)


@rule("FIL-01")
def operators_follow_the_table(acme: Client) -> None:
    """Each operator does what the RFC's table says."""
    crowd = _crowd(acme)
    for text, found in (
        ('title eq "Weaver"', "a"),
        ('title ne "Weaver"', "bc"),
        ('displayName co "a b"', "a"),
        ('displayName sw "bob"', "b"),
        ('displayName ew "byron"', "a"),
        ("title pr", "ab"),
        ('title gt "Dyer"', "a"),
        ('title ge "Dyer"', "ab"),
        ('title lt "Weaver"', "b"),
        ('title le "Weaver"', "ab"),
    ):
        assert crowd.of(text) == found, text


@rule("FIL-02")
def filters_match_in_any_case(acme: Client) -> None:
    """Names and operators match in any case."""
    crowd = _crowd(acme)
    for text in ('TITLE Eq "Weaver"', 'Title EQ "weaver" AND ACTIVE eq True', "NICKNAME PR"):
        assert crowd.of(text) == "a", text
    assert crowd.of('NOT (displayname SW "b") Or title EW "er"') == "abc"


@rule("FIL-03")
def strings_compare_as_the_schema_says(acme: Client) -> None:
    """Strings compare without case, but for ids and versions."""
    crowd = _crowd(acme)
    run = crowd.address
    assert crowd.of(f'userName eq "ADA.{run}@EXAMPLE.COM"') == "a"
    assert crowd.of(f'emails.value eq "ADA.{run.upper()}@WORK.example"') == "a"
    assert crowd.of('displayName eq "BOB STONE"') == "b"
    assert crowd.of(f'externalId eq "Ext-{run}"') == "a"
    assert crowd.of(f'externalId eq "ext-{run}"') == ""
    assert crowd.of('meta.version eq "W/\\"1\\""') in {"abc", "ac"}
    assert crowd.of('meta.resourceType sw "Us" and title pr') == "ab"
    assert crowd.of(f'meta.resourceType eq "user" and userName co "{run}"') == ""


@rule("FIL-04")
def precedence_is_that_of_the_rfc(acme: Client) -> None:
    """Parentheses bind first, then not, then and, then or."""
    crowd = _crowd(acme)
    assert crowd.of('nickName pr or title pr and title eq "Dyer"') == "ab"
    assert crowd.of('(nickName pr or title pr) and title eq "Dyer"') == "b"
    assert crowd.of("not (title pr) or nickName pr and title pr") == "ac"
    assert crowd.of("not (title pr or nickName pr)") == "c"


@rule("FIL-05")
def not_takes_parentheses(acme: Client) -> None:
    """`not` needs parentheses, with or without a space before them."""
    crowd = _crowd(acme)
    assert crowd.of("not (title pr)") == crowd.of("not(title pr)") == "c"
    assert acme.filtered("not title pr").error == (400, "invalidFilter")


@rule("FIL-06")
def one_value_of_many_is_enough(acme: Client) -> None:
    """A comparison with a multi-valued attribute holds when one value meets it."""
    crowd = _crowd(acme)
    assert crowd.of(f'emails.value eq "ada.{crowd.address}@home.example"') == "a"
    assert crowd.of('emails.type eq "home"') == "ab"


@rule("FIL-07")
def brackets_speak_of_one_value(acme: Client) -> None:
    """What stands in brackets must hold for one and the same value."""
    crowd = _crowd(acme)
    both = 'emails[type eq "work" and value ew "@{}.example"]'
    assert crowd.of(both.format("work")) == "a"
    assert crowd.of(both.format("home")) == ""
    apart = 'emails.type eq "work" and emails.value ew "@home.example"'
    assert crowd.of(apart) == "a"


@rule("FIL-08")
def values_are_json(acme: Client) -> None:
    """Values are JSON: strings with escapes, numbers, true, false, null."""
    quoted = f'"{name()}\\é'
    made = acme.user(title=quoted, nickName="7")
    escaped = quoted.replace("\\", "\\\\").replace('"', '\\"').replace("é", "\\u00e9")
    assert acme.find(f'title eq "{escaped}"') == [made.id]
    assert acme.find("nickName eq 7") == [made.id]
    assert acme.find("active eq true and profileUrl eq null") == [made.id]
    assert acme.find("active eq false") == []


@rule("FIL-14")
def truth_has_no_order(acme: Client) -> None:
    """Booleans and binary values are not ordered: 400 invalidFilter."""
    for operator in ("gt", "ge", "lt", "le"):
        assert acme.filtered(f"active {operator} true").error == (400, "invalidFilter")
        binary = acme.filtered(f'x509Certificates.value {operator} "AA=="')
        assert binary.error == (400, "invalidFilter")


@rule("FIL-15")
def instants_compare_in_time(acme: Client) -> None:
    """Instants compare in time, whatever their zone."""
    made = acme.user()
    created = made.meta["created"]
    shifted = created.replace("Z", "-00:00") if made.id else "2026-01-01T00:00:00Z"
    assert acme.find(f'meta.created eq "{created}"') == [made.id]
    assert acme.find(f'meta.created eq "{shifted}"') == [made.id]
    assert acme.find('meta.created gt "2020-01-01T01:00:00+02:00"') == [made.id]
    assert acme.find('meta.created lt "2020-01-01T00:00:00Z"') == []
    assert acme.filtered('meta.created gt "yesterday"').error == (400, "invalidFilter")


@rule("FIL-16")
def present_means_with_a_value(acme: Client) -> None:
    """`pr` holds for a value, false included, and not for null, blank and empty ones."""
    made = acme.user(title="", nickName=None, phoneNumbers=[], active=False, displayName="x")
    for text in ("displayName pr", "active pr", "id pr", "meta pr"):
        assert acme.find(text) == [made.id], text
    for text in ("title pr", "nickName pr", "phoneNumbers pr", "emails pr", "name pr"):
        assert acme.find(text) == [], text
        assert acme.find(f"not ({text})") == [made.id], text


@rule("FIL-17")
def null_is_no_value(acme: Client) -> None:
    """An attribute without a value equals null."""
    crowd = _crowd(acme)
    assert (crowd.of("title eq null"), crowd.of("title ne null")) == ("c", "ab")
    assert (crowd.of("emails eq null"), crowd.of("externalId ne null")) == ("c", "a")
    assert acme.filtered("title gt null").error == (400, "invalidFilter")


@rule("FIL-19")
def names_may_carry_their_urn(acme: Client) -> None:
    """A name may carry the URN of its schema, digits and dots and all."""
    crowd = _crowd(acme)
    assert crowd.of(f'{USER}:title eq "Weaver"') == "a"
    assert crowd.of(f'{USER}:name.familyName eq "Byron"') == "a"
    assert crowd.of(f'{ENTERPRISE}:department eq "Looms"') == "a"
    assert crowd.of(f'{ENTERPRISE.upper()}:DEPARTMENT sw "L"') == "a"


@rule("FIL-20")
def schemas_can_be_filtered(acme: Client) -> None:
    """A resource is found by a schema that it follows."""
    crowd = _crowd(acme)
    assert crowd.of(f'schemas eq "{ENTERPRISE}"') == "a"
    assert crowd.of(f'schemas eq "{USER}"') == "abc"
    assert crowd.of('schemas eq "urn:nothing"') == ""
    assert crowd.of('schemas co "enterprise"') == "a"
    assert crowd.of('schemas sw "urn:ietf:params:scim:schemas:core"') == "abc"
    assert crowd.of(f'schemas ne "{ENTERPRISE}"') == "bc"
    assert crowd.of("schemas eq null") == ""


@rule("FIL-21")
def a_filter_is_never_passed_over(acme: Client) -> None:
    """A filter that cannot be read is 400 invalidFilter, on every list and search."""
    acme.user()
    for text in (
        "userName",
        "userName eq",
        'userName xx "a"',
        '"a" eq userName',
        '(userName eq "a"',
        'userName eq "a")',
        'userName eq "a" and',
        'userName eq "a" title pr',
        "emails[type eq",
        'userName eq "a',
        "not userName pr",
        "and",
    ):
        assert acme.filtered(text).error == (400, "invalidFilter"), text
        assert acme.filtered(text, "/Groups").error == (400, "invalidFilter"), text
        assert acme.search(filter=text).error == (400, "invalidFilter"), text


@rule("FIL-23")
def other_types_lack_the_attribute(acme: Client) -> None:
    """In a search over all types an attribute that a type lacks has no value there."""
    user, group = acme.user(title="x"), acme.group()
    for text, found in (
        ('title eq "x"', [user.id]),
        ("title pr", [user.id]),
        ("members pr", []),
        (f'displayName eq "{group["displayName"]}"', [group.id]),
        ('userName sw "person" or displayName sw "group"', [user.id, group.id]),
        ("shoeSize pr", []),
        ("not (title pr)", [group.id]),
    ):
        assert acme.search(filter=text).ids == found, text


@rule("FIL-25")
def changes_are_found_by_their_time(acme: Client) -> None:
    """Resources are found by when they were last modified."""
    first, second = acme.user(), acme.user()
    since = f'meta.lastModified gt "{second.meta["lastModified"]}"'
    assert acme.find(since) == []
    changed = acme.patch(path_of(first), {"op": "add", "path": "title", "value": "x"})
    assert acme.find(since) == [first.id]
    assert changed.meta["lastModified"] > second.meta["lastModified"]


@rule("FIL-30")
def passwords_cannot_be_guessed_by_filters(acme: Client) -> None:
    """A filter on password is 400 invalidFilter."""
    acme.user(password="Secret-1")
    for text in ('password eq "Secret-1"', "password pr", 'password sw "S" or id pr'):
        assert acme.filtered(text).error == (400, "invalidFilter")


@rule("FIL-31")
def defaults_are_found(acme: Client) -> None:
    """A filter on an attribute with a default finds what is returned."""
    made, off = acme.user(), acme.user(active=False)
    assert acme.find("active eq true") == [made.id]
    assert acme.find("active ne true") == [off.id]
