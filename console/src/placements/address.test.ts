import { expect, it } from "vitest";
import { TOUCHPOINTS } from "../actions/draft";
import { readScreen } from "../screens/frame/settings";
import { addressOf, screenOf } from "./address";

it("says what the screen reads, and nothing of it before the fragment", () => {
  const stands = { key: "segue_a_b", write: "segue_c_d", placement: "entrance", store: "s 12&" };
  const address = new URL(addressOf("https://shop.example/", screenOf("display")!, stands));
  expect(address.pathname + address.search).toBe("/screens/display");
  const held = new Map<string, string>();
  const storage = { getItem: (name: string) => held.get(name) ?? null, setItem: (name: string, value: string) => void held.set(name, value) } as Storage;
  expect(readScreen("display", { ...address, hash: address.hash, pathname: address.pathname, search: "" } as unknown as Location, storage)).toMatchObject(stands);
});

it("knows which touchpoints have a page, and that only the till is trusted", () => {
  expect(TOUCHPOINTS.filter((each) => screenOf(each) !== null)).toEqual(["display", "kiosk", "till"]);
  expect(TOUCHPOINTS.filter((each) => screenOf(each)?.trusted)).toEqual(["till"]);
});
