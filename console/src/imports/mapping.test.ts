import { describe, expect, test } from "vitest";
import { changed, conditionOf, freeName, placeOf, renamed, shapeOf, shaped } from "./mapping";
import type { Mapping } from "./mapping";

const ORDERS: Mapping = {
  source: "till",
  group_by: ["InvoiceNo"],
  event: {
    type: "track",
    name: "Order Completed",
    message_id: "{InvoiceNo}",
    identifiers: { loyalty_card: "CustomerID" },
    properties: { order_id: "InvoiceNo" },
    products: { sku: "StockCode" },
    returns: { when: "Quantity < 0", name: "Order Refunded" },
  },
};

describe("shapes", () => {
  test("are told apart", () => {
    expect(shapeOf(ORDERS)).toBe("orders");
    expect(shapeOf({ event: { type: "identify" } })).toBe("customers");
    expect(shapeOf({ event: {} })).toBe("events");
  });

  test("an order's lines become properties where a row is an event, and nothing needs a group any more", () => {
    const events = shaped(ORDERS, "events", undefined);
    expect(events.group_by).toBeUndefined();
    expect(events.event).toEqual({
      type: "track",
      name: "Order Completed",
      message_id: "{InvoiceNo}",
      identifiers: { loyalty_card: "CustomerID" },
      properties: { order_id: "InvoiceNo", sku: "StockCode" },
    });
  });

  test("customers have traits and no name of an event", () => {
    const { event } = shaped(ORDERS, "customers", undefined);
    expect(event.type).toBe("identify");
    expect(event.traits).toEqual({ order_id: "InvoiceNo", sku: "StockCode" });
    expect("name" in event).toBe(false);
  });

  test("orders begin with the key that is proposed", () => {
    expect(shaped({ event: { type: "identify", message_id: "{a}", traits: { a: "a" } } }, "orders", "a")).toEqual({
      group_by: ["a"],
      event: { type: "track", name: "Order Completed", message_id: "{a}", properties: { a: "a" } },
    });
  });
});

describe("cells", () => {
  test("are written as short as can be", () => {
    expect(changed({ column: "A", as: "number" }, { as: undefined })).toBe("A");
    expect(changed("A", { as: "number" })).toEqual({ column: "A", as: "number" });
    expect(changed("A", { column: undefined, value: "" })).toEqual({ value: "" });
  });

  test("keep their place when renamed, and never swallow another", () => {
    expect(Object.keys(renamed({ a: "1", b: "2" }, "a", "c"))).toEqual(["c", "b"]);
    expect(renamed({ a: "1", b: "2" }, "a", "b")).toEqual({ a: "1", b: "2" });
    expect(freeName({ a: "1", a_2: "1" }, "a")).toBe("a_3");
  });
});

test("a condition comes apart", () => {
  expect(conditionOf("Unit Price <= -1.5")).toEqual({ column: "Unit Price", op: "<=", value: "-1.5" });
  expect(conditionOf('State == "sent back"')).toEqual({ column: "State", op: "=", value: "sent back" });
});

test.each([
  ["mapping: event.timestamp.zone: 'Foo' is not a time zone", "timestamp"],
  ["mapping: event: 'message_id' is missing", "message_id"],
  ["a.csv has no column 'CustomerID', did you mean 'Customer'?", "identifiers"],
  ["a.csv has no column 'Nowhere'", null],
])("%s", (message, place) => expect(placeOf(message, ORDERS)).toBe(place));
