"""People with machines of their own: they get mail, sign in, hold keys, and ask the admin API."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from domain.keys import account_keys
from tests.support.mail_server import MailServer
from tests.support.server import PROGRAM, RunningServer, rollcall

LINK = re.compile(r"https?://[^\s#]+/(?:accept|sign-in)#(?P<token>(?:inv|sil)_\S+)")
IN_TIME_S = 60.0


@dataclass(slots=True)
class Mailbox:
    """What the mail server took, by address; every link that came is remembered."""

    server: MailServer
    links: list[str] = field(default_factory=list)

    def link_for(self, email: str, subject: str) -> str:
        """The link in the newest mail of that subject, once it has come."""
        deadline = time.monotonic() + IN_TIME_S
        while time.monotonic() < deadline:
            for letter in reversed(self.server.letters):
                if letter.recipients == [email] and subject in str(letter.content["subject"]):
                    text = letter.content.get_body(("plain",))
                    assert text is not None
                    found = LINK.search(text.get_content())
                    assert found is not None, text.get_content()
                    self.links.append(found["token"])
                    return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail about {subject} for {email}")


@dataclass(frozen=True, slots=True)
class Home:
    """A machine of one person: no setting of the server but its address."""

    server: RunningServer
    folder: Path
    email: str
    passphrase: str = field(repr=False)

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if "ROLLCALL" not in name}
        return inherited | {
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "ROLLCALL_SERVER_URL": self.server.url,
            "ROLLCALL_PASSPHRASE": self.passphrase,
            **more,
        }

    def run(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command, whose exit code is looked at; what it printed is kept in the folder."""
        self.folder.mkdir(exist_ok=True)
        done = rollcall(*map(str, arguments), environment=self.environment(), within=120)
        with (self.folder / "printed.log").open("a") as printed:
            printed.write(done.stdout + done.stderr)
        assert done.returncode == code, f"{arguments}: {done.stdout}{done.stderr}"
        return done

    def left_running(self, *arguments: object, **more: str) -> subprocess.Popen[str]:
        """A command that goes on; its output is in a file of the folder."""
        with (self.folder / "watch.log").open("wb") as output:
            return subprocess.Popen(
                [PROGRAM, *map(str, arguments)],
                env=self.environment(**more),
                stdout=output,
                stderr=output,
                text=True,
            )

    def organization_words(self) -> str:
        """The six words of the organization's key, as this person opens it."""
        done = self.run("key", "show", "--fingerprint", "--json")
        shown: str = json.loads(done.stdout)["organizationFingerprint"]
        return shown

    @property
    def cookie(self) -> str:
        """The session that the command line keeps."""
        kept = json.loads((self.folder / "config/rollcall/sessions.json").read_text())
        found = re.search(r"rollcall-session=ses_[\w-]+", json.dumps(kept))
        assert found is not None
        return found[0]


def ask(
    server: RunningServer, query: str, variables: dict[str, Any], **headers: str
) -> httpx.Response:
    """One operation of the admin API; names of headers are written with underscores."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"query": query, "variables": variables}
    return httpx.post(f"{server.url}/graphql", json=body, headers={"x-rollcall": "1"} | sent)


def data(response: httpx.Response) -> Any:
    """What an operation answered, which must have gone well."""
    answered = response.json()
    assert "errors" not in answered, answered
    for payload in answered["data"].values():
        assert not (isinstance(payload, dict) and payload.get("errors")), payload
    return answered["data"]


def locked_pair(passphrase: str) -> tuple[Any, dict[str, Any]]:
    """A key pair as a browser makes one, and the input that hands over its public half."""
    pair = account_keys.new_key_pair()
    given = {
        "publicKey": account_keys.public_jwk(pair),
        "encryptedPrivateKey": account_keys.lock(pair, passphrase),
    }
    return pair, given
