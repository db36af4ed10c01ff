"""Timelines and identities told to people; scripts get the whole of them with ``--json``.

A fragment is called by its identifier, a proof is a sentence, times go to the second, and of an event
there is what a person asks first: when, where, what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from segue.edge.cli.output import note, print_line, print_table

if TYPE_CHECKING:  # they take long to import, and most commands tell other things
    from segue.archive.timeline import Timeline
    from segue.resolve.reading import IdentifierView, IdentityView, LinkView, WhyView

Names = Mapping[str, str]
"""Fragment id → the identifier it is called by."""

_LONGEST_DETAIL = 100
_LINKS = ("link", "between", "and", "tier", "proof", "state")


def tell_timeline(page: Timeline) -> None:
    """A line an event, newest first."""
    rows = [(_when(e["timestamp"]), e["source"], e["event"] or e["type"], _details(e)) for e in page.events]
    print_table(("when (UTC)", "source", "event", "details"), rows)
    if page.next is not None:
        note(f"there are more: --after {page.next}")


def tell_identity(found: IdentityView) -> None:
    """Her identifiers, and what joins them."""
    print_line(f"person {found.person_id}")
    names = names_of(found)
    _tell_identifiers(found.identifiers, "Identifiers")
    _tell_links(found.links, names, "Links")
    if found.shared_devices:
        _tell_identifiers(found.shared_devices, "Seen with her, and nobody's: shared devices")
    if found.aparts:
        rows = [(*_ends(each.between, names), _when(each.at), each.by) for each in found.aparts]
        print_table(("of", "and", "when (UTC)", "by"), rows, "Set apart by hand")


def tell_why(found: WhyView, names: Names) -> None:
    """One sentence, and the links that bear it out."""
    print_line(f"{'One person' if found.one_person else 'Not one person'}: {found.because}.")
    _tell_links(found.path, names, "Links from one to the other")
    _tell_links(found.inactive, names, "Links that stayed out")
    if found.met:
        print_line(f"Both were seen with {', '.join(names.get(each, each) for each in found.met)}.")


def names_of(found: IdentityView) -> dict[str, str]:
    """What the fragments of an identity are called."""
    known = (*found.identifiers, *found.shared_devices)
    return {each.fragment_id: f"{each.kind}:{each.value}" for each in known}


def _tell_identifiers(identifiers: Iterable[IdentifierView], title: str) -> None:
    rows = [
        (
            f"{each.kind}:{each.value}",
            each.tier,
            _when(each.first_seen),
            "" if each.last_seen is msgspec.UNSET else _when(each.last_seen),
            each.source,
        )
        for each in identifiers
    ]
    print_table(("identifier", "tier", "first seen (UTC)", "last seen (UTC)", "source"), rows, title)


def _tell_links(links: Sequence[LinkView], names: Names, title: str) -> None:
    if links:
        rows = [
            (each.link_id, *_ends(each.between, names), each.tier, _proof(each), _state(each))
            for each in links
        ]
        print_table(_LINKS, rows, title)


def _ends(between: tuple[str, str], names: Names) -> tuple[str, str]:
    return names.get(between[0], between[0]), names.get(between[1], between[1])


def _state(link: LinkView) -> str:
    if link.active:
        return "active"
    return "inactive" if link.reason is msgspec.UNSET else f"inactive: {link.reason}"


def _proof(link: LinkView) -> str:
    proof = link.proof
    if proof.get("by"):
        return f"by hand, {proof['by']}, {_when(link.first_proof_at)}"
    what = proof.get("event") or proof.get("type") or "event"
    return f"{what} from {proof.get('source', '?')}, {_when(link.first_proof_at)}"


def _when(text: str) -> str:
    """To the second; what is shown stands under a heading that says UTC."""
    return text[:19].replace("T", " ")


def _details(event: Mapping[str, Any]) -> str:
    """What the event says, as far as it fits: its plain values first."""
    said = {**event["properties"], **event["traits"]}
    parts = [f"{name} {_plain(value)}" for name, value in said.items() if not isinstance(value, dict | list)]
    parts += [f"{len(value)} {name}" for name, value in said.items() if isinstance(value, list)]
    text = ", ".join(parts)
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
