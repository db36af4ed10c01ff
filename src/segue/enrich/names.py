"""Codes of the events that Segue knows, so that a fact in a state's journal takes a byte for its name.

The position in :data:`NAMES` is what stored states hold: append, never reorder or remove. A name that
is not here is kept as text.
"""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "page",
    "screen",
    "identify",
    "group",
    "alias",
    "Products Searched",
    "Product List Viewed",
    "Product List Filtered",
    "Promotion Viewed",
    "Promotion Clicked",
    "Product Clicked",
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "Cart Viewed",
    "Cart Shared",
    "Checkout Started",
    "Checkout Step Viewed",
    "Checkout Step Completed",
    "Payment Info Entered",
    "Order Completed",
    "Order Updated",
    "Order Cancelled",
    "Order Refunded",
    "Coupon Entered",
    "Coupon Applied",
    "Coupon Denied",
    "Coupon Removed",
    "Product Added to Wishlist",
    "Product Removed from Wishlist",
    "Wishlist Product Added to Cart",
    "Product Shared",
    "Product Reviewed",
    "Email Delivered",
    "Email Opened",
    "Email Link Clicked",
    "Email Bounced",
    "Email Marked as Spam",
    "Unsubscribed",
    "Segment Consent Preference Updated",
    "Consent Granted",
    "Consent Withdrawn",
)
CODES: Final = {name: code for code, name in enumerate(NAMES)}

PAGE, SCREEN, IDENTIFY, GROUP, ALIAS = range(5)
LIST_VIEWED = CODES["Product List Viewed"]
PRODUCT_VIEWED = CODES["Product Viewed"]
PRODUCT_ADDED = CODES["Product Added"]
PRODUCT_REMOVED = CODES["Product Removed"]
CART_VIEWED = CODES["Cart Viewed"]
CHECKOUT_STARTED = CODES["Checkout Started"]
STEP_VIEWED = CODES["Checkout Step Viewed"]
STEP_COMPLETED = CODES["Checkout Step Completed"]
PAYMENT_ENTERED = CODES["Payment Info Entered"]
ORDER_COMPLETED = CODES["Order Completed"]
ORDER_UPDATED = CODES["Order Updated"]
ORDER_CANCELLED = CODES["Order Cancelled"]
ORDER_REFUNDED = CODES["Order Refunded"]
WISHLIST_TO_CART = CODES["Wishlist Product Added to Cart"]

ORDER_CODES = frozenset((ORDER_COMPLETED, ORDER_UPDATED, ORDER_CANCELLED, ORDER_REFUNDED))
ADDED_CODES = frozenset((PRODUCT_ADDED, WISHLIST_TO_CART))
LOOKED_CODES = frozenset((CODES["Product Clicked"], PRODUCT_VIEWED))
CART_CODES = frozenset((*ADDED_CODES, PRODUCT_REMOVED, CART_VIEWED, CHECKOUT_STARTED))
STEP_CODES = frozenset((STEP_VIEWED, STEP_COMPLETED))


def name_of(code: int | str) -> str:
    """The event's name from what a fact holds."""
    return NAMES[code] if isinstance(code, int) else code
