import { expect, test } from "vitest";
import { presence } from "./idle";

const PATIENCE = { ask: 45, leave: 15 };

test("she is there, is asked with the seconds that are left, and is gone", () => {
  expect([0, 44.9, 45, 45.2, 59.1, 60, 1e6].map((quiet) => presence(quiet, PATIENCE))).toEqual([
    { is: "here" },
    { is: "here" },
    { is: "asking", left: 15 },
    { is: "asking", left: 15 },
    { is: "asking", left: 1 },
    { is: "gone" },
    { is: "gone" },
  ]);
});
