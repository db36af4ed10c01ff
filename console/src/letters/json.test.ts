import { expect, it } from "vitest";
import { faultOf, pretty } from "./json";

it("lays JSON out, and leaves what is none as it is", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty("{a")).toBe("{a");
});

it("says where a text stops being JSON", () => {
  expect(faultOf('{"a": 1}')).toBeNull();
  expect(faultOf('{\n  "a": 1,\n  b\n}')?.line).toBe(3);
  expect(faultOf('{"a": 1')?.line).toBe(1);
});
