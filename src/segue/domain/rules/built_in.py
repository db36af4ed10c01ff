"""Traits that ship with Segue. A definition of the same name in traits.yaml replaces one."""

from __future__ import annotations

from functools import cache

import msgspec

from segue.domain.traits import Trait

_TEXT = """
traits:
  recency: {days_since_last: Order Completed, title: Days since the last order}
  frequency: {count: Order Completed, window: 365 days, title: Orders in a year}
  monetary: {sum: value, of: Order Completed, window: 365 days, title: Spent in a year}
  average_basket: {ratio: [monetary, frequency], title: Spent per order}
  gap_between_purchases: {gap: Order Completed, window: 365 days, title: Mean days between orders}
  returns: {count: Order Refunded, window: 365 days, title: Refunds in a year}
  return_rate: {ratio: [returns, frequency], title: Refunds per order}
  discounts:
    {sum: properties.discount, of: Order Completed, window: 365 days, title: Discounts in a year}
  price_sensitivity: {ratio: [discounts, monetary], title: Discount for each unit of money spent}
  promotion_sensitivity:
    share: value
    of: Order Completed
    window: 365 days
    where:
      any:
        - {field: properties.discount, op: ">", value: 0}
        - {field: properties.coupon, op: exists}
    title: Share of spend in orders with a discount or coupon
  favourite_store:
    {most_frequent: store, of: Order Completed, window: 365 days, title: Where most orders were placed}
  favourite_channel:
    {most_frequent: channel, of: Order Completed, window: 365 days, title: Channel of most orders}
  favourite_daypart:
    {most_frequent: daypart, of: Order Completed, window: 365 days, title: Time of day of most orders}
  favourite_device:
    {most_frequent: device, of: Order Completed, window: 365 days, title: Device of most orders}
  category_affinity:
    share: products.price
    of: Order Completed
    window: 365 days
    weight: products.quantity
    by: products.category
    title: Share of spend by category
  department_affinity:
    share: products.price
    of: Order Completed
    window: 365 days
    weight: products.quantity
    by: products.department
    title: Share of spend by department
  store_affinity: {share: Order Completed, by: store, window: 365 days, title: Share of orders by store}
  channel_affinity:
    {share: Order Completed, by: channel, window: 365 days, title: Share of orders by channel}
  daypart_affinity:
    {share: Order Completed, by: daypart, window: 365 days, title: Share of orders by time of day}
"""
# Of orders, all of them: what looked at each page would be counted in nearly every step of the loop.


@cache
def built_in_traits() -> tuple[Trait, ...]:
    """All of them, in the order in which people are shown them."""
    from segue.domain.rules.traits import read_own  # which adds these to what it reads

    return tuple(msgspec.structs.replace(trait, built_in=True) for trait in read_own(_TEXT))
