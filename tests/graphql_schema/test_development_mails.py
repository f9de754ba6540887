"""The mailbox of a server that sends no mail, from which the whole flow can be walked."""

from __future__ import annotations

from dataclasses import replace

from domain.application import Application
from domain.caller import nobody
from domain.commands import RequestSignInLink
from domain.vocabulary import MemberStatus, Scope
from graphql_schema.app import graphql_app
from tests.graphql_schema.test_accepting import accept
from tests.support import factories
from tests.support.graphql import Api, api, as_nobody, services, token

MAILS = """
query ($org: ID!, $first: Int, $after: String) {
  organization(by: {id: $org}) {
    developmentMails(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id kind sentTo subject text html link queuedAt }
    }
  }
}
"""


async def test_the_mailbox_of_a_server_without_mail_server(app: Application, caller: Api) -> None:
    invited = await factories.member(app, caller.organization_id)
    link = await factories.invitation_link(app, invited)
    confirmed = await factories.member(app, caller.organization_id, MemberStatus.CONFIRMED)

    found = (await caller.ask(MAILS, org=caller.org, first=1))["organization"]["developmentMails"]
    page, info = found["nodes"], found["pageInfo"]
    assert info["hasNextPage"] is True
    assert [(mail["kind"], mail["sentTo"]) for mail in page] == [
        ("CONFIRMED", confirmed.attributes.email)
    ]
    rest = await caller.ask(MAILS, org=caller.org, first=5, after=info["endCursor"])
    (mail,) = rest["organization"]["developmentMails"]["nodes"]
    assert (mail["kind"], mail["sentTo"]) == ("INVITATION", invited.attributes.email)
    assert mail["link"] == f"https://rollcall.test/accept#{link}"
    assert mail["link"] in mail["text"]
    assert mail["link"] in mail["html"]

    assert (await accept(as_nobody(caller), mail["link"].partition("#")[2]))["changed"] is True


async def test_there_is_no_mailbox_where_mail_is_sent(app: Application, caller: Api) -> None:
    await factories.member(app, caller.organization_id)
    sending = replace(caller, asgi=graphql_app(services(app, mailbox=None)))

    found = await sending.ask(MAILS, org=caller.org)

    assert found["organization"]["developmentMails"] is None


async def test_a_link_to_sign_in_is_read_by_the_organizations_of_its_owner(
    app: Application, caller: Api
) -> None:
    person = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    assert person.attributes.email is not None
    await app.execute(RequestSignInLink(person.attributes.email), nobody())
    link_id = await app.pool.fetchval(
        "SELECT id FROM sign_in_links WHERE account_id = $1", person.account_id
    )
    expected = app.sign_in.token_of(link_id)
    stranger = await factories.organization(app)

    found = (await caller.ask(MAILS, org=caller.org))["organization"]["developmentMails"]

    (mail,) = [each for each in found["nodes"] if each["kind"] == "SIGN_IN"]
    assert mail["link"] == f"https://rollcall.test/sign-in#{expected}"
    assert mail["sentTo"] == person.attributes.email
    other = await api(app, organization_id=stranger)
    elsewhere = (await other.ask(MAILS, org=other.org))["organization"]["developmentMails"]
    assert elsewhere["nodes"] == []


async def test_a_link_that_opens_two_organizations_is_read_by_neither(
    app: Application, caller: Api
) -> None:
    person = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    email = str(person.attributes.email)
    other = await caller.elsewhere()
    await factories.member(app, other.organization_id, MemberStatus.ACCEPTED, email=email)
    await app.execute(RequestSignInLink(email), nobody())

    for organization in (caller, other):
        found = await organization.ask(MAILS, org=organization.org)
        kinds = [node["kind"] for node in found["organization"]["developmentMails"]["nodes"]]
        assert "SIGN_IN" not in kinds


async def test_it_is_for_owners_alone(app: Application, caller: Api) -> None:
    scopes = frozenset(Scope) - {Scope.ORGANIZATION_WRITE}
    issued = await token(app, caller.organization_id, scopes)
    reader = replace(caller, secret=issued.secret)

    response = await reader.post(MAILS, {"org": caller.org})

    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "data" not in response.json()
