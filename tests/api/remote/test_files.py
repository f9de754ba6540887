"""What commands keep on disk: sessions and keys, for their owner alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.remote.errors import RemoteError
from api.remote.key_file import read_key, read_key_file, write_key_file
from api.remote.private_file import open_to_others, write_private
from api.remote.session_file import SessionFile, StoredSession, config_folder, state_file
from domain.ids import new_id
from domain.keys.organization_key import new_organization_key

ADA = StoredSession("ada@example.com", "__Host-session=ses_1_secret")
BEA = StoredSession("bea@example.com", "__Host-session=ses_2_secret")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_sessions_are_kept_by_server(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "new" / "sessions.json")
    assert file.find("https://one.example") is None

    file.keep("https://one.example", ADA)
    file.keep("https://two.example", BEA)
    file.forget("https://one.example")
    file.forget("https://never.example")

    assert file.find("https://one.example") is None
    assert file.find("https://two.example") == BEA
    assert (mode(file.path), mode(file.path.parent)) == (0o600, 0o700)


def test_a_session_is_no_part_of_any_text() -> None:
    assert "secret" not in repr(ADA)


@pytest.mark.parametrize("text", ["[]", "{", '{"https://one.example": {"email": "x"}}', "\x00"])
def test_another_file_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = SessionFile(tmp_path / "file")
    file.path.write_text(text)

    with pytest.raises(RemoteError, match="is no file of sessions"):
        file.keep("https://one.example", ADA)

    assert file.path.read_text() == text


def test_a_file_that_others_could_read_is_replaced_by_one_they_cannot(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    assert open_to_others(path)

    write_private(path, "new")

    assert not open_to_others(path)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_follow_the_standard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative/ignored")
    monkeypatch.setenv("HOME", "/home")

    assert config_folder() == tmp_path / "rollcall"
    assert state_file("rotation", "https://rollcall.test", "org_1").parent == Path(
        "/home/.local/state/rollcall"
    )


def test_a_key_comes_back_with_its_organization_and_version(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    key = new_organization_key(new_id(), 3)

    write_key_file(path, key)
    newer = new_organization_key(key.organization_id, 4)
    first = read_key_file(path)
    write_key_file(path, newer)

    assert first == key
    assert read_key_file(path) == newer
    assert mode(path) == 0o600
    assert json.loads(path.read_text())["kty"] == "oct"


def test_a_key_replaces_nothing_but_a_key(tmp_path: Path) -> None:
    path = tmp_path / "diary"
    path.write_text("dear diary")

    with pytest.raises(RemoteError, match="diary is no organization key"):
        write_key_file(path, new_organization_key(new_id(), 1))

    assert path.read_text() == "dear diary"


@pytest.mark.parametrize(
    "change",
    [
        {"ver": "1"},
        {"ver": True},
        {"org": "acme"},
        {"kty": "EC"},
        {"k": "c2hvcnQ"},
        {"k": None},
    ],
)
def test_a_key_that_is_none_is_not_quoted(change: dict[str, object]) -> None:
    key = new_organization_key(new_id(), 1)
    secret = key.as_jwk()["k"]
    jwk: dict[str, object] = {**key.as_jwk(), "org": str(key.organization_id), "ver": 1}

    with pytest.raises(RemoteError) as refusal:
        read_key(json.dumps(jwk | change), "FILE")

    assert str(refusal.value).startswith("FILE ")
    assert secret not in str(refusal.value)
