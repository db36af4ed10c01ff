import { expect, test } from "vitest";
import { after, begin, consentEvent, type Happening, identifiersOf, readCode, type Visit, view } from "./visit";

const through = (...happenings: Happening[]): Visit => happenings.reduce(after, begin("v1"));
const TYPED: Happening = { is: "typed", kind: "email", value: "ann@example.com" };
const PROVED: Happening = { is: "proved", identifiers: [["user_id", "ann"]], token: "t.t.t" };
const YES: Happening = { is: "answered", yes: true };
const NO: Happening = { is: "answered", yes: false };

test("what is typed is never enough for a personal view, whatever she agrees to", () => {
  expect(view(through({ is: "touched" }))).toBe("everybody");
  expect(view(through(TYPED, YES))).toBe("member");
  expect(view(through(TYPED, NO))).toBe("member");
});

test("a proof and a yes are, and neither without the other", () => {
  expect(view(through(PROVED))).toBe("member");
  expect(view(through(PROVED, NO))).toBe("member");
  expect(view(through(PROVED, YES))).toBe("personal");
});

test("who proves who she is is asked herself, whatever was said of what was typed", () => {
  const visit = through(TYPED, YES, PROVED);
  expect([visit.step, visit.agreed, view(visit)]).toEqual(["consent", null, "member"]);
});

test("what is typed does not take the place of what is proven", () => {
  expect(through(PROVED, YES, TYPED).who?.token).toBe("t.t.t");
});

test("nothing happens to a visit that goes on when the screen is touched", () => {
  expect(through({ is: "touched" }, { is: "wentTo", step: "who" }, { is: "touched" }).step).toBe("who");
});

test("a scanner reads addresses, tokens and cards", () => {
  const token = "A".repeat(56);
  expect(readCode(`https://shop.example/in#segue=${token}`)).toEqual({ is: "proof", text: token });
  expect(readCode(token)).toEqual({ is: "proof", text: token });
  expect(readCode("98761234")).toEqual({ is: "card", text: "98761234" });
  // the half of a token, or an article with its address
  expect([token.slice(0, 20).replace("A", "b"), "https://shop.example/p/1", "12"].map(readCode)).toEqual([null, null, null]);
});

test("an identity token names whom it vouches for", () => {
  const token = (body: object) => `h.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(body))))}.s`;
  expect(identifiersOf(token({ who: [["user_id", "zoë"], ["email", 7], "x"] }))).toEqual([["user_id", "zoë"]]);
  expect([token({}), "", "a.b.c"].map(identifiersOf)).toEqual([[], [], []]);
});

test("consent is for this purpose, at this place, of whom it was asked", () => {
  const said = (visit: Visit, yes: boolean) => consentEvent(visit, yes, "m1", new Date(0)) as { event: string; properties: object; context: { identityToken?: string } };
  expect(said(through(TYPED), true)).toMatchObject({
    event: "Consent Granted",
    anonymousId: "v1",
    properties: { purpose: "personalisation", channel: "kiosk" },
    context: { externalIds: [{ type: "email", id: "ann@example.com" }] },
  });
  expect(said(through(TYPED), true).context.identityToken).toBeUndefined();
  expect(said(through(PROVED), false)).toMatchObject({ event: "Consent Withdrawn", context: { identityToken: "t.t.t" } });
});
