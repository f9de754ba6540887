"""The one error of the protocol layer, with a named constructor per kind of RFC 7644 §3.12."""

from __future__ import annotations

from typing import Any

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A request that cannot be served: HTTP status, scimType and one sentence for the caller.

    `retry_after_s` says in whole seconds when the same request may succeed.
    """

    def __init__(
        self, status: int, scim_type: str | None, detail: str, retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.scim_type = scim_type
        self.detail = detail
        self.retry_after_s = retry_after_s

    def within(self, place: str) -> ScimError:
        """The same error, its detail prefixed with the part of the request it was found in."""
        return ScimError(self.status, self.scim_type, f"{place}: {self.detail}", self.retry_after_s)

    @classmethod
    def invalid_filter(cls, detail: str) -> ScimError:
        return cls(400, "invalidFilter", detail)

    @classmethod
    def invalid_syntax(cls, detail: str) -> ScimError:
        return cls(400, "invalidSyntax", detail)

    @classmethod
    def invalid_path(cls, detail: str) -> ScimError:
        return cls(400, "invalidPath", detail)

    @classmethod
    def no_target(cls, detail: str) -> ScimError:
        return cls(400, "noTarget", detail)

    @classmethod
    def invalid_value(cls, detail: str) -> ScimError:
        return cls(400, "invalidValue", detail)

    @classmethod
    def mutability(cls, detail: str) -> ScimError:
        return cls(400, "mutability", detail)

    @classmethod
    def invalid_version(cls, detail: str) -> ScimError:
        return cls(400, "invalidVers", detail)

    @classmethod
    def too_many(cls, detail: str) -> ScimError:
        return cls(400, "tooMany", detail)

    @classmethod
    def invalid_cursor(cls, detail: str) -> ScimError:
        # RFC 9865 §2.1
        return cls(400, "invalidCursor", detail)

    @classmethod
    def expired_cursor(cls, detail: str) -> ScimError:
        return cls(400, "expiredCursor", detail)

    @classmethod
    def invalid_count(cls, detail: str) -> ScimError:
        return cls(400, "invalidCount", detail)

    @classmethod
    def unauthorized(cls, detail: str) -> ScimError:
        return cls(401, None, detail)

    @classmethod
    def forbidden(cls, detail: str) -> ScimError:
        return cls(403, None, detail)

    @classmethod
    def not_found(cls, detail: str) -> ScimError:
        return cls(404, None, detail)

    @classmethod
    def uniqueness(cls, detail: str) -> ScimError:
        return cls(409, "uniqueness", detail)

    @classmethod
    def conflict(cls, detail: str) -> ScimError:
        return cls(409, None, detail)

    @classmethod
    def precondition_failed(cls, detail: str) -> ScimError:
        return cls(412, None, detail)

    @classmethod
    def too_large(cls, detail: str) -> ScimError:
        return cls(413, None, detail)

    @classmethod
    def unsupported_media_type(cls, detail: str) -> ScimError:
        return cls(415, None, detail)

    @classmethod
    def too_many_requests(cls, detail: str, retry_after_s: int) -> ScimError:
        return cls(429, None, detail, retry_after_s)

    @classmethod
    def internal(cls, detail: str) -> ScimError:
        return cls(500, None, detail)

    @classmethod
    def not_implemented(cls, detail: str) -> ScimError:
        return cls(501, None, detail)

    @classmethod
    def unavailable(cls, detail: str, retry_after_s: int) -> ScimError:
        return cls(503, None, detail, retry_after_s)


def error_body(error: ScimError) -> dict[str, Any]:
    """The Error message of RFC 7644 §3.12; `status` is a string there (erratum 8096)."""
    body: dict[str, Any] = {"schemas": [ERROR_URN], "status": str(error.status)}
    if error.scim_type is not None:
        body["scimType"] = error.scim_type
    body["detail"] = error.detail
    return body
