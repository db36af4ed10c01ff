"""What can go wrong, grouped by what the reader of the message should do next.

Every error a user can see derives from :class:`SegueError` and carries a stable ``code`` (for
programs), a ``message`` that names the thing, and, where one exists, a ``cure``. The edge turns them
into ``{"code", "message", "cure"?}`` or one line on standard error; nobody else formats them.
"""

from __future__ import annotations


class SegueError(Exception):
    """Base of every error with a message meant for a person."""

    code = "error"
    status = 500

    def __init__(self, message: str, *, cure: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure
        if code is not None:
            self.code = code


class InvalidInputError(SegueError):
    """What was sent cannot be used as it is: change it."""

    code = "invalid_input"
    status = 400


class DefinitionError(InvalidInputError):
    """A business file (rules, plan, mapping) is wrong: correct the file."""

    code = "invalid_definition"

    def __init__(
        self, message: str, *, cure: str | None = None, place: str = "", line: int | None = None
    ) -> None:
        super().__init__(message, cure=cure)
        #: dotted path of what is wrong in its file; empty: the whole of it
        self.place = place
        #: counted from 1, where whoever found it knows
        self.line = line
        #: the file it is in, where that is another than the one being read
        self.file = ""
        #: what else is wrong in the same file
        self.others: tuple[DefinitionError, ...] = ()


class TooLargeError(InvalidInputError):
    """More was sent at once than is taken at once: send less."""

    code = "too_large"
    status = 413


class NotAuthenticatedError(SegueError):
    """No key, or one that is not known: send a valid key."""

    code = "not_authenticated"
    status = 401


class NotPermittedError(SegueError):
    """The key's role may not do this: use another key."""

    code = "not_permitted"
    status = 403


class NotFoundError(SegueError):
    """What was named does not exist."""

    code = "not_found"
    status = 404


class ConflictError(SegueError):
    """It cannot be done in the present state."""

    code = "conflict"
    status = 409


class TooManyRequestsError(SegueError):
    """Slow down and try again after ``retry_after`` seconds."""

    code = "too_many_requests"
    status = 429
    retry_after = 1


class UnavailableError(SegueError):
    """A passing fault (database away, disk full): the same request will work later."""

    code = "unavailable"
    status = 503
    retry_after = 2


class SettingsError(SegueError):
    """The installation is set up wrongly: change the setting or the machine."""

    code = "settings"
