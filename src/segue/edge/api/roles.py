"""Which role may do what over HTTP: the one table that guards, documentation and tests read.

An act is what a handler does, named in its ``opt``; a handler without one is refused at start.
``docs/api-roles.md`` shows the same table, and a test holds the two together.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from segue.domain.access import Role

READERS: frozenset[Role] = frozenset({"read", "associate", "marketer", "admin"})
MAKERS: frozenset[Role] = frozenset({"read", "marketer", "admin"})
DECIDING: frozenset[Role] = frozenset({"decide", "associate", "marketer", "admin"})
PROVING: frozenset[Role] = frozenset({"decide", "associate", "admin"})
MAKING: frozenset[Role] = frozenset({"marketer", "admin"})
STAFF: frozenset[Role] = frozenset({"associate", "marketer", "admin"})
ADMINS: frozenset[Role] = frozenset({"admin"})


class Act(NamedTuple):
    """Something that can be done, and by whom. ``roles=None``: anybody, without a key."""

    says: str
    roles: frozenset[Role] | None


ACTS: MappingProxyType[str, Act] = MappingProxyType(
    {
        "open": Act("health, metrics, the API's description and its page", None),
        "session": Act("sign in and out, and read who is signed in", None),
        "users": Act("make, list and change users, and their one-time links", ADMINS),
        "find": Act("find a person by an identifier", READERS),
        "customers": Act("search and list persons at a glance", READERS),
        "show": Act("read a golden record", READERS),
        "timeline": Act("read a person's events", READERS),
        "identity": Act("read a person's identifiers and links, and why they are one", READERS),
        "export": Act("everything about one person", frozenset({"read", "admin"})),
        "merge": Act("join two persons by hand, or take a join back", ADMINS),
        "delete_identifier": Act("take an identifier away from a person", ADMINS),
        "erase": Act("erase a person, and read the proof", ADMINS),
        "overview": Act("read how many persons and events there are, and what needs attention", READERS),
        "live": Act("watch events and dead letters as they come", READERS),
        "sources": Act("read sources, what they bring, and of their keys all but the keys", MAKERS),
        "manage_sources": Act("make sources, keys and secrets of theirs, and switch them on and off", ADMINS),
        "dead_letters": Act("read dead letters, and what would become of one", MAKERS),
        "mend": Act("mend and replay dead letters", ADMINS),
        "imports": Act("look into files, try mappings on them, and read how imports went", MAKERS),
        "import": Act("upload and delete files, and start and stop imports", MAKING),
        "models": Act("read models' cards, and how trainings went", MAKERS),
        "train": Act("have models trained", MAKING),
        "traits": Act("read traits and how far they are counted, and try definitions of some", MAKERS),
        "segments": Act("read segments and their history, try conditions, and find groups", MAKERS),
        "vocabulary": Act("read what events, fields and values there are to speak of", MAKERS),
        "members": Act("read who is in a segment", MAKERS),
        "decide": Act("ask what a placement should show", DECIDING),
        "prove": Act("give out codes, QR tokens and links that open a record once (trusted keys)", PROVING),
        "redeem": Act("read what a customer took up, and give it to her once (trusted keys)", PROVING),
        "assist": Act(
            "read a customer on one page, record her consent, keep notes, tell what became of suggestions",
            STAFF,
        ),
        "screens": Act("watch what a display shows, as it changes", DECIDING),
        "decisions": Act("read what was decided and why", MAKERS),
        "actions": Act("read actions and placements, how they did, and try definitions of some", MAKERS),
        "catalogue": Act("read what is sold, where, and how many there are", READERS),
        "tell_catalogue": Act("tell what is sold, where, and how many there are", MAKING),
        "definitions": Act("read the definitions in force, and earlier versions", MAKERS),
        "define": Act("check definitions, and put them in force", ADMINS),
        "shape": Act("define one segment, trait, action or placement", MAKING),
        "keys": Act("make, list and revoke keys of every role", ADMINS),
        "status": Act("read how far the loop has come", frozenset({"read", "admin"})),
        "audit": Act("read the audit log", ADMINS),
        "story": Act("read the demo's story", READERS),
        "shop": Act("read what the demo's shop sells, and log in there as a composed customer", None),
    }
)
"""Every act of the API. Role ``ingest`` reads nothing here; ``decide`` asks what to show, and proves who asks
where its key is trusted. Keys of both may be public."""
