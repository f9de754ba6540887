"""The table of links to sign in with, as statements name it."""

from __future__ import annotations

from typing import Any

from domain.model.session import SignInLinkTable

SIGN_IN_LINKS: Any = SignInLinkTable.__table__  # type: ignore[attr-defined]
