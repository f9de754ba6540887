"""An invitation's link stands in no log, guessing one is slow, and asking tells nothing of it."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from domain.application import Application
from graphql_schema.app import graphql_app
from graphql_schema.services import Limits
from tests.graphql_schema.test_accepting import ACCEPT, ASK, PREVIEW, SAME, preview, refused
from tests.support import factories
from tests.support.graphql import Api, as_nobody, services


async def test_no_link_stands_in_a_log(
    app: Application, caller: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)
    link = await factories.invitation_link(app, invited)
    wrong = f"{link[:-5]}AAAAA"

    for token in (link, wrong):
        await preview(browser, token)
        await browser.ask(ASK, input={"token": token})
    await refused(browser, wrong)
    response = await browser.post(ACCEPT, {"input": {"token": link}})

    said = "\n".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    cookie = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    for secret in (link[-43:-5], cookie[-43:]):
        assert secret not in said


async def test_who_guesses_invitations_hears_to_wait_and_who_holds_one_does_not(
    app: Application, caller: Api
) -> None:
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)
    heard: list[str | None] = []

    def count(ip: str | None) -> float | None:
        heard.append(ip)
        return 3.0 if len(heard) > 2 else None

    limited = replace(browser, asgi=graphql_app(services(app, wrong_token=count)))
    link = await factories.invitation_link(app, invited)
    forged = f"{link[:-43]}{'A' * 43}"

    assert await preview(limited, forged) is None
    assert (await refused(limited, forged))[0] == "LINK_VOID"
    assert await limited.codes(PREVIEW, token=forged) == ["RATE_LIMITED"]
    assert await limited.codes(ACCEPT, input={"token": forged}) == ["RATE_LIMITED"]

    assert (await preview(limited, link))["problem"] is None
    assert heard == ["127.0.0.1"] * 4


async def test_the_time_of_an_answer_does_not_tell_whether_a_link_was_one(
    app: Application, caller: Api, slept: list[float]
) -> None:
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)

    for token in (await factories.invitation_link(app, invited), "nonsense"):
        assert await browser.ask(ASK, input={"token": token}) == SAME

    assert slept == [0.246, 0.2]


async def test_an_address_of_the_net_asks_for_few_new_links(app: Application, caller: Api) -> None:
    asked: list[str | None] = []

    def count(ip: str | None) -> float | None:
        asked.append(ip)
        return 7.2 if len(asked) > 1 else None

    counting = graphql_app(services(app, link_requested=count, limits=Limits(even_s=0)))
    limited = replace(as_nobody(caller), asgi=counting)

    assert await limited.ask(ASK, input={"token": "nonsense"}) == SAME
    assert await limited.codes(ASK, input={"token": "nonsense"}) == ["RATE_LIMITED"]
    assert asked == ["127.0.0.1"] * 2
