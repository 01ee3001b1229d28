"""Errors that a person can act on: what happened, why, and what to do.

Every error that Clearspan raises on purpose derives from `ClearspanError`. The command line prints its
three parts and exits with its `exit_code`; the server sends them as JSON with its `status`.
"""

from typing import ClassVar


class ClearspanError(Exception):
    """Something a person can put right.

    Args:
        what: what happened, one sentence.
        why: the cause as far as it is known; may be empty when `what` says it all.
        do: what to do about it.
    """

    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 2
    code: ClassVar[str] = "error"

    def __init__(self, what: str, *, why: str = "", do: str = "") -> None:
        self.what = what
        self.why = why
        self.do = do
        super().__init__(" ".join(part for part in (what, why, do) if part))

    def as_dict(self) -> dict[str, str]:
        """The parts as the server sends them: `code`, `what`, `why`, `do`."""
        return {"code": self.code, "what": self.what, "why": self.why, "do": self.do}


class BadInput(ClearspanError):
    """The caller gave something that cannot be used (HTTP 422)."""

    status = 422
    code = "bad_input"


class NotFound(ClearspanError):
    """The thing named does not exist (HTTP 404)."""

    status = 404
    code = "not_found"


class Refused(ClearspanError):
    """Something is possible in principle but is not done here, for a stated reason (HTTP 403)."""

    status = 403
    code = "refused"


class TooLarge(BadInput):
    """An input is over a stated limit (HTTP 413)."""

    status = 413
    code = "too_large"


class Busy(ClearspanError):
    """A bounded queue or a lock is full or held for too long; trying again later helps (HTTP 429)."""

    status = 429
    exit_code = 75
    code = "busy"


class StorageError(ClearspanError):
    """The disk or the database did not take or give what was asked (HTTP 507)."""

    status = 507
    exit_code = 74
    code = "storage"


class FetchError(ClearspanError):
    """Something could not be fetched from where it is kept (HTTP 502)."""

    status = 502
    exit_code = 69
    code = "fetch"
