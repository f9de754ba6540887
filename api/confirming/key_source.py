"""Where the organization key comes from, in the version that is wanted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from joserfc.jwk import ECKey

from api.remote.errors import RemoteError
from api.remote.key_file import read_key, read_key_file
from api.remote.people import read_person
from api.remote.server import RemoteServer
from api.remote.work_list import Place
from domain.keys.organization_key import OrganizationKey

VARIABLE = "ROLLCALL_ORGANIZATION_KEY"


class WrongVersion(RemoteError):
    """The key at hand is not the organization's current one."""


class KeySource(ABC):
    """Remembers the key, and looks again when another version is wanted."""

    def __init__(self) -> None:
        self._key: OrganizationKey | None = None

    async def key(self, place: Place) -> OrganizationKey:
        """The key of the organization as it now is. Raises WrongVersion, RemoteError."""
        version = place.key_version
        if version == 0:
            raise RemoteError(
                "The organization has no key yet. An owner makes it: rollcall key create."
            )
        if self._key is None or self._key.version != version:
            self._key = await self._look()
        if self._key.organization_id != place.uuid:
            raise RemoteError(f"{self._name} is the key of another organization than {place.slug}.")
        if self._key.version != version:
            raise WrongVersion(
                f"{self._name} holds version {self._key.version} of the organization key, and the"
                f" organization has version {version}. Fetch it: rollcall key unlock --key-file"
                " FILE."
            )
        return self._key

    @property
    @abstractmethod
    def _name(self) -> str: ...

    @abstractmethod
    async def _look(self) -> OrganizationKey: ...


class KeyFile(KeySource):
    """A file, read again after a rotation. Raises RemoteError at once where it cannot be used."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._key = read_key_file(path)

    @property
    def _name(self) -> str:
        return str(self._path)

    async def _look(self) -> OrganizationKey:
        return read_key_file(self._path)


class KeyVariable(KeySource):
    """The text of an environment variable."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._given = read_key(text, VARIABLE)

    @property
    def _name(self) -> str:
        return VARIABLE

    async def _look(self) -> OrganizationKey:
        return self._given


class OwnKey(KeySource):
    """The caller's own wrapped key; the passphrase is asked for when it is needed."""

    def __init__(
        self, server: RemoteServer, organization: str | None, passphrase: Callable[[], str]
    ) -> None:
        super().__init__()
        self._server = server
        self._organization = organization
        self._passphrase = passphrase
        self._pair: ECKey | None = None

    @property
    def _name(self) -> str:
        return "Your membership"

    async def _look(self) -> OrganizationKey:
        person = await read_person(self._server)
        if self._pair is None:
            person.expect_keys()
            self._pair = person.unlock(self._passphrase())
        return person.membership(self._organization).open_key(self._pair)


class HeldKey(KeySource):
    """A key that the command holds already."""

    def __init__(self, key: OrganizationKey) -> None:
        super().__init__()
        self._key = self._held = key

    @property
    def _name(self) -> str:
        return "The command"

    async def _look(self) -> OrganizationKey:
        return self._held
