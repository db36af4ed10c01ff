"""What retailers call the columns of their files, in English, German and Polish.

Names are compared as lower-case words without accents: ``Kundennummer`` and ``customer_id`` are
matched at their end, so that ``billing_customer_id`` is one too.
"""

from __future__ import annotations

import re

_NUMBER = "id no nr num number nummer numer key code ref reference"


def _named(words: str, endings: str = "", *, whole: bool = False) -> re.Pattern[str]:
    """One of these words, followed by one of the endings or none; ``whole``: nothing may stand before it."""
    start = "^" if whole else "(?:^|_)"
    end = f"(?:_?(?:{'|'.join(endings.split())}))?" if endings else ""
    return re.compile(f"{start}(?:{'|'.join(words.split())}){end}$")


def _numbered(words: str, endings: str) -> re.Pattern[str]:
    """One of these words with one of the endings, which must be there."""
    return re.compile(f"(?:^|_)(?:{'|'.join(words.split())})_?(?:{'|'.join(endings.split())})$")


ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "order",
        _named(
            "orders? invoices? baskets? transactions? receipts? bills? bestell bestellung "
            "bestellungs auftrag auftrags rechnung rechnungs bon beleg faktura faktury zamowienie "
            "zamowienia paragon paragonu",
            _NUMBER,
        ),
    ),
    (
        "loyalty_card",
        _named("card loyalty_?card loyalty karte kundenkarte karten karta karty household", _NUMBER),
    ),
    (
        "user_id",
        _named(
            "customer client user account shopper buyer member kunde kunden kundin klient klienta uzytkownik",
            _NUMBER,
        ),
    ),
    ("anonymous_id", _numbered("anonymous visitor cookie", "id")),
    ("device_id", _numbered("device", "id")),
    ("sku", _named("sku stock_?code ean gtin upc asin isbn plu")),
    (
        "sku",
        _numbered("product item article artikel produkt produktu material", _NUMBER),
    ),
    (
        "product_name",
        _named(
            "description product item product_title article artikel bezeichnung artikelname "
            "artikelbezeichnung produkt nazwa nazwa_produktu titel title product_name item_name",
            whole=True,
        ),
    ),
    ("quantity", _named("quantity qty menge anzahl stuck stueck ilosc units count pieces")),
    ("price", _named("price unit_?price preis einzelpreis stuckpreis stueckpreis cena cena_jednostkowa")),
    ("discount", _named("discount rabatt rabat", "amount")),
    (
        "total",
        _named(
            "total amount revenue sales_?value sales gross net umsatz betrag summe gesamt gesamtbetrag "
            "gesamtpreis kwota wartosc suma value"
        ),
    ),
    ("currency", _named("currency wahrung waehrung waluta", "code")),
    ("store", _named("store shop branch filiale filialen laden sklep", f"name {_NUMBER}")),
    ("country", _named("country land kraj", "code")),
    ("event", _named("event event_?name event_?type action activity ereignis aktion zdarzenie", whole=True)),
    ("event_id", _named("event_?id message_?id uuid guid row_?id id", whole=True)),
)
"""What a column may be, the first that fits."""

TRAITS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("firstName", _named("first_?name given_?name vorname imie")),
    ("lastName", _named("last_?name surname family_?name nachname familienname nazwisko")),
    ("name", _named("name full_?name")),
    ("birthday", _named("birth_?day birth_?date date_of_birth dob geburtstag geburtsdatum data_urodzenia")),
    ("gender", _named("gender sex geschlecht plec")),
    ("address.street", _named("street address address_?1 strasse anschrift adresse ulica adres")),
    ("address.city", _named("city town ort stadt wohnort miasto")),
    ("address.postalCode", _named("zip zip_?code postal_?code post_?code plz postleitzahl kod_pocztowy")),
    ("address.country", _named("country land kraj")),
    ("address.state", _named("state province region bundesland wojewodztwo")),
)
"""What is known of a customer, the first that fits."""

PHONE = re.compile(r"phone|mobile|mobil|(?:^|_)tel(?:_|$)|telefon|handy|komork|fax")
IDENTITY = re.compile(
    r"(?:^|_)(?:id|no|nr|num|number|nummer|key|code|sku|ean|uuid|guid|numer|kod|upc|gtin|isbn|plz|zip)$|(?:nummer|nr)$"
)
MONEY = re.compile(
    r"price|preis|cena|amount|total|revenue|sales|umsatz|betrag|kwota|wartosc|cost|value|wert|tax|discount|disc$"
    r"|rabat"
)
TIME = re.compile(r"time|date|datum|data|czas|zeit|epoch|created|updated|ordered|(?:^|_)(?:at|ts|on)$")
CHANGED = re.compile(r"updat|chang|modif|geandert|geaendert|zmian")
