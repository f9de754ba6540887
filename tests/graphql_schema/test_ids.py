"""Ids carry the organization, and each object has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.ids import UUID
from graphql_schema.ids import Kind, ObjectId, expect_id, make_id, read_id

UUIDS = st.uuids().map(lambda each: UUID(bytes=each.bytes))
ORGANIZATION = UUID("0197a2b4-0000-7000-8000-000000000001")
MEMBER = UUID("0197a2b4-0000-7000-8000-000000000002")


@given(st.sampled_from(Kind), UUIDS, UUIDS)
def test_an_id_is_read_as_it_was_made(kind: Kind, organization_id: UUID, id_: UUID) -> None:
    owner: UUID | None = organization_id
    if kind in {Kind.ORGANIZATION, Kind.ACCOUNT, Kind.SESSION}:
        owner = id_ if kind is Kind.ORGANIZATION else None

    text = make_id(kind, owner, id_)

    assert text == text.lower()
    assert read_id(text) == ObjectId(kind, owner, id_)


def test_a_token_for_all_organizations_carries_one_uuid() -> None:
    text = make_id(Kind.ACCESS_TOKEN, None, MEMBER)

    assert text == "tok_agl2fnaaabyabaaaaaaaaaaaai"
    assert read_id(text) == ObjectId(Kind.ACCESS_TOKEN, None, MEMBER)


@given(st.text(max_size=70))
def test_anything_else_is_no_id(text: str) -> None:
    assert read_id(text) is None
    assert read_id(f"mbr_{text}") is None


@pytest.mark.parametrize(
    "spoilt",
    [
        make_id(Kind.MEMBER, ORGANIZATION, MEMBER).upper(),
        make_id(Kind.MEMBER, ORGANIZATION, MEMBER) + "a",
        make_id(Kind.MEMBER, ORGANIZATION, MEMBER)[:-1],
        # The spare bits of the last letter set: the same bytes, another text.
        make_id(Kind.MEMBER, ORGANIZATION, MEMBER)[:-1] + "b",
        make_id(Kind.MEMBER, ORGANIZATION, MEMBER).replace("mbr_", "xyz_"),
        make_id(Kind.ORGANIZATION, None, MEMBER).replace("org_", "mbr_"),
    ],
)
def test_a_spoilt_id_is_none(spoilt: str) -> None:
    assert read_id(spoilt) is None


def test_the_wrong_prefix_is_invalid() -> None:
    with pytest.raises(Invalid) as refused:
        expect_id(Kind.GROUP, make_id(Kind.MEMBER, ORGANIZATION, MEMBER), "groupId")

    assert refused.value.message == "groupId must be an id that begins with grp_."
