"""Users and their sessions: the rules, as functions of what is given."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, get_args

import msgspec

from segue.domain.access import Role
from segue.domain.order import DAY, HOUR, MINUTE

UserRole = Literal["read", "associate", "marketer", "admin"]
USER_ROLES: tuple[UserRole, ...] = get_args(UserRole)
"""What people may be; ``ingest`` and ``decide`` are for programs."""

OWNER = "owner"
"""Actor and name of whoever came by the link that is printed at the machine."""

SLIDING = 30 * DAY
"""A user's session ends this long after it was last used, in microseconds."""
ABSOLUTE = 90 * DAY
"""… and this long after it began in any case."""
OWNERS = 12 * HOUR
"""How long the owner at the machine stays signed in."""
OWNERS_LINK = 15 * MINUTE
USERS_LINK = 24 * HOUR
SEEN_AGAIN_AFTER = 10 * MINUTE
"""A session that is used is written down as used no more often than this."""

WINDOW = 5 * MINUTE
"""Failed attempts to sign in are remembered this long."""
FAILURES_A_NAME = 5
FAILURES_AN_ADDRESS = 10

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LONGEST_NAME = 200

Way = Literal["password", "link", "oidc"]
"""How somebody signed in."""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A live session and whose it is."""

    #: SHA-256 of the token
    digest: bytes
    #: None: the owner at the machine
    user_id: str | None
    name: str
    role: Role
    has_password: bool
    by_link: bool
    #: microseconds
    seen_at: int
    expires_at: int
    ends_at: int

    @property
    def actor(self) -> str:
        """As whom she is audited."""
        return actor_of(self.user_id)


class Lasting(msgspec.Struct, frozen=True):
    """How long a session lasts: until it expires, or to its end in any case; microseconds."""

    expires_at: int
    ends_at: int


def actor_of(user_id: str | None) -> str:
    """The actor of what a user does; None is the owner at the machine."""
    return OWNER if user_id is None else f"user:{user_id}"


def lasting(user_id: str | None, now: int) -> Lasting:
    """How long a session that begins now lasts."""
    if user_id is None:
        return Lasting(now + OWNERS, now + OWNERS)
    return Lasting(now + SLIDING, now + ABSOLUTE)


def prolonged(session: SignedIn, now: int) -> int | None:
    """When a session that is used now expires, if that is worth writing down; None otherwise."""
    if session.user_id is None or now - session.seen_at < SEEN_AGAIN_AFTER:
        return None
    return max(session.expires_at, min(now + SLIDING, session.ends_at))


def name_key(name: str) -> str:
    """What makes two names the same: compatibility forms, case and space around do not differ."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return folded.strip().replace("\0", "\ufffd")  # which no database keeps, and nobody is called


def same_address(name: str, email: str) -> bool:
    """Whether a user's name is this e-mail address: no character but case in ASCII may differ.

    ``name_key`` is too kind to prove who somebody is: strasse.de and straße.de belong to different people.
    """
    ours, given = (text.strip().encode("utf-8", "surrogatepass") for text in (name, email))
    return ours.lower() == given.lower()


def wrong_name(name: str) -> str | None:
    """What is wrong with a new user's name; None when nothing is."""
    if not name_key(name) or len(name) > LONGEST_NAME:
        return f"a name has 1 to {LONGEST_NAME} characters"
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cf", "Zl", "Zp"} for character in name):
        return "a name has no control characters"
    if name_key(name) == OWNER:
        return f"{OWNER!r} is whoever signs in by the link printed at the machine"
    return None


def wait_of(of_name: list[int], of_address: list[int], now: int) -> int:
    """Seconds to wait before another attempt is let through; 0: now. Lists hold the times of failures."""
    waits = [
        sorted(times)[-most] + WINDOW - now
        for times, most in ((of_name, FAILURES_A_NAME), (of_address, FAILURES_AN_ADDRESS))
        if len(times) >= most
    ]
    return max(0, *(-(-wait // 1_000_000) for wait in waits)) if waits else 0


# ── passwords ────────────────────────────────────────────────────────────────

_COMMON = tuple(
    """
    password passwort passwd haslo pass secret geheim login welcome willkommen witaj hello letmein admin
    administrator root user guest test demo default changeme master qwerty qwertz azerty qwertyuiop asdf
    asdfgh asdfghjkl zxcvbn zxcvbnm iloveyou love princess prinzessin monkey dragon sunshine shadow football
    fussball baseball soccer superman batman starwars pokemon computer internet company abc abcd abcdef
    abcdefgh abcdefghijkl abcdefghijklmnop xyz spring summer autumn winter sommer herbst january february
    march april june july august september october november december monday friday segue shop store retail
    customer marketing michael jordan charlie jennifer thomas daniel andrew trustno mustang access killer
    whatever nothing freedom cheese ginger pepper cookie banana qaz wsx edc rfv qazwsx qazwsxedc you are the
    and my is it this i me a
    """.split()  # noqa: SIM905 - a hundred words in a column of their own would be a page
)
"""What the commonest passwords are put together of, without their digits and signs."""

_LEET = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"}
)
_FEWEST_CHARACTERS = 5


def wrong_password(password: str, name: str) -> str | None:
    """Why this may not be the password of the user of that name; None when it may."""
    if len(password) < SHORTEST_PASSWORD:
        return f"a password has at least {SHORTEST_PASSWORD} characters"
    if len(password) > LONGEST_PASSWORD:
        return f"a password has at most {LONGEST_PASSWORD} characters"
    if any(unicodedata.category(character) == "Cs" for character in password):
        return "this password is no valid text"
    if name_key(password) == name_key(name):
        return "a password must not be the name"
    if _is_common(password.casefold(), name_key(name)):
        return "this password is among the first that are guessed"
    return None


def _is_common(password: str, name: str) -> bool:
    """Of few characters, or nothing but common words, the name, digits and signs."""
    if len(set(password)) < _FEWEST_CHARACTERS:
        return True
    own = {name, *re.split(r"[^\w]+", name)}
    words = {*_COMMON, *(word for word in own if len(word) > 2)}
    return _mixed(password) or _made_of(words, password)


def _made_of(words: set[str], text: str) -> bool:
    """Whether these words follow each other, with digits and signs between them or in place of letters."""
    plain = text.translate(_LEET)
    reached = [True] + [False] * len(text)
    for at, character in enumerate(text):
        if reached[at]:
            reached[at + 1] |= not character.isalpha()
            for word in words:
                if text.startswith(word, at) or plain.startswith(word, at):
                    reached[at + len(word)] = True
    return reached[-1]


def _mixed(password: str) -> bool:
    """Keys that alternate, as in 1q2w3e4r5t6y."""
    rows = ("1234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
    halves = password[::2], password[1::2]
    return all(any(half in row or half in row[::-1] for row in rows) for half in halves)
