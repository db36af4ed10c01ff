"""The headers under which a browser shows the console: nothing but its own files, framed by nobody."""

from __future__ import annotations

Header = tuple[bytes, bytes]
Headers = list[Header]

_FEATURES = (
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "midi",
    "payment",
    "usb",
    "browsing-topics",
)

ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""On every answer."""

_ON_PAGES: tuple[tuple[bytes, bytes], ...] = (
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _FEATURES).encode()),
)


def page_headers(nonce: str, images: str = "") -> Headers:
    """What a page is shown under; style elements that carry ``nonce`` are the only inline ones.

    ``images``: where else images may come from.
    """
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src 'self' data: {images}".strip(),
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
    return [*ALWAYS, *_ON_PAGES, (b"content-security-policy", policy.encode())]
