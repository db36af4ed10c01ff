"""One spelling for each identifier: what two sources write differently must become the same fragment.

A value that cannot be one of its kind (an e-mail address without ``@``, a phone number of three digits)
is no identifier at all: better a fragment too few than strangers joined by ``n/a``. The same functions
serve collecting and finding, so that whoever searches need not know how a value is kept.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any

import re2

from segue.domain.identifiers import Identifier
from segue.domain.repair import repair_text
from segue.domain.rules import IdentityRules
from segue.errors import DefinitionError

LONGEST = 500
"""Characters of the longest value that is still an identifier."""

_WHOLE = re.compile(r"-?[0-9]{1,18}\.0")
"""What files write of a whole number, once a column with gaps was read as one of numbers."""

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@.<>,;:\"()\[\]\\]+")


def normalise(rule: str, value: Any) -> str | None:
    """The one spelling of ``value`` under ``rule`` (``none``, ``lower``, ``email``, ``e164:REGION``).

    Text and whole numbers can be identifiers; everything else, the empty text, and what is no value of
    its kind answer None.
    """
    text = text_of(value)
    return None if text is None else _normalise(rule, text)


def text_of(value: Any) -> str | None:
    """The text that a raw value stands for: ``17850`` and ``17850.0`` are the same customer."""
    kind = type(value)
    if kind is str:
        return repair_text(value)
    if kind is int:
        return str(value) if value.bit_length() <= 128 else None
    if kind is float and math.isfinite(value) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return None


def normalise_identifier(rules: IdentityRules, kind: str, value: Any) -> Identifier | None:
    """The identifier that ``value`` is as one of ``kind``; None when it is unusable or blocked.

    A kind that the rules do not know keeps its value as it is, trimmed.
    """
    text = text_of(value)
    if text is None:
        return None
    rule = rules.kinds.get(kind)
    patterns = rules.blocked.get("*", ()) + rules.blocked.get(kind, ())
    normal = _usable(rule.normalise if rule else "none", patterns, text)
    return None if normal is None else Identifier(kind, normal)


@lru_cache(maxsize=50_000)
def _usable(rule: str, patterns: tuple[str, ...], text: str) -> str | None:
    normal = _normalise(rule, text)
    if normal is None:
        return None
    if not patterns:
        return normal
    blocked, written = compile_patterns(patterns).fullmatch, text.strip()
    if blocked(normal) is not None or (written != normal and blocked(written) is not None):
        return None
    return normal


@lru_cache(maxsize=1024)
def compile_patterns(patterns: tuple[str, ...]) -> Any:
    """One RE2 program that matches what any of the patterns matches; DefinitionError for a wrong one.

    RE2 runs in linear time, whatever the pattern and whatever a sender chooses to match against it.
    """
    options = re2.Options()
    options.log_errors = False
    for pattern in patterns:
        try:
            re2.compile(pattern, options)
        except re2.error as error:
            raise DefinitionError(
                f"{pattern!r} is no pattern: {_says(error)}", cure="patterns are written as for RE2"
            ) from error
    return re2.compile("|".join(f"(?:{pattern})" for pattern in patterns), options)


def _says(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def check_rule(rule: str) -> None:
    """DefinitionError when ``rule`` is none of the rules of :func:`normalise`."""
    name, _, region = rule.partition(":")
    if rule in {"none", "lower", "email"}:
        return
    if name != "e164":
        raise DefinitionError(
            f"normalise: {rule!r} is not known", cure="use none, lower, email or {e164: REGION}"
        )
    import phonenumbers

    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise DefinitionError(f"e164: {region!r} is no region", cure="use two letters, for example DE")


def _normalise(rule: str, text: str) -> str | None:
    text = unicodedata.normalize("NFC", text).strip()
    if not text or len(text) > LONGEST:
        return None
    if _WHOLE.fullmatch(text) is not None:
        text = text[:-2]
    if rule == "none":
        return text
    if rule == "lower":
        return text.lower()
    if rule == "email":
        return _email(text)
    return _phone(text, rule.partition(":")[2])


def _email(text: str) -> str | None:
    lowered = text.lower().removeprefix("mailto:").rstrip(".")
    if _EMAIL.fullmatch(lowered) is None:
        return None
    local, _, domain = lowered.rpartition("@")
    if domain.isascii():
        return lowered
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def _phone(text: str, region: str) -> str | None:
    """E.164. A number with an extension is a switchboard's, shared by many: no identifier."""
    import phonenumbers  # a tenth of a second, which commands that see no number need not wait for

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    short = len(str(number.national_number)) < 6
    if short or number.extension or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
