"""The e-commerce events' old names: version 1 said ``Viewed Product``, version 2 says ``Product Viewed``."""

from __future__ import annotations

V2_NAMES: dict[str, str] = {
    "Viewed Product Category": "Product List Viewed",
    "Viewed Promotion": "Promotion Viewed",
    "Clicked Promotion": "Promotion Clicked",
    "Clicked Product": "Product Clicked",
    "Viewed Product": "Product Viewed",
    "Added Product": "Product Added",
    "Removed Product": "Product Removed",
    "Started Order": "Checkout Started",
    "Viewed Checkout Step": "Checkout Step Viewed",
    "Completed Checkout Step": "Checkout Step Completed",
    "Updated Order": "Order Updated",
    "Completed Order": "Order Completed",
}
"""Version 1 name → version 2 name. An event sent under an old name is kept under the new one."""
