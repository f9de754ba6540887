"""The table of access tokens."""

from __future__ import annotations

from typing import Any

from domain.model.access_token import AccessTokenTable

ACCESS_TOKENS: Any = AccessTokenTable.__table__  # type: ignore[attr-defined]
