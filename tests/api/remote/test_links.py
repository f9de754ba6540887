"""Links from mails are read, and never quoted."""

from __future__ import annotations

import pytest

from api.remote.errors import RemoteError
from api.remote.links import ACCEPT, SIGN_IN, Link, read_link
from api.remote.server import server_url


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("https://rollcall.example.com/accept#inv_a_b-c", "https://rollcall.example.com"),
        (" http://127.0.0.1:8000/accept#inv_a_b-c\n", "http://127.0.0.1:8000"),
        ("https://example.com/rollcall/accept#inv_a_b-c", "https://example.com/rollcall"),
        ("inv_a_b-c", None),
        ("link  https://a.example/accept#inv_a_b-c\nexpires  2026-03-01\n", "https://a.example"),
    ],
)
def test_a_link_names_its_server(text: str, server: str | None) -> None:
    assert read_link(text, ACCEPT) == Link(server, "inv_a_b-c")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://rollcall.example.com/accept",
        "https://rollcall.example.com/accept#sil_secret",
        "https://rollcall.example.com/sign-in#inv_secret",
        "javascript:/accept#inv_secret",
        "inv_secret.more",
        "https://rollcall.example.com/accept#inv_secret#inv_secret?",
    ],
)
def test_another_text_is_no_link(text: str) -> None:
    with pytest.raises(RemoteError, match="That is not an invitation's link") as refusal:
        read_link(text, ACCEPT)

    assert "secret" not in str(refusal.value)


def test_a_token_is_no_part_of_any_text() -> None:
    link = read_link("https://rollcall.example.com/sign-in#sil_secret", SIGN_IN)

    assert "secret" not in repr(link)


def test_an_address_of_a_server_is_tidied() -> None:
    assert server_url(" https://rollcall.example.com/ ") == "https://rollcall.example.com"
    for wrong in ("rollcall.example.com", "ftp://example.com", "https://"):
        with pytest.raises(RemoteError, match="is no address of a server"):
            server_url(wrong)
