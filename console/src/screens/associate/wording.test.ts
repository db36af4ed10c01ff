import { expect, test } from "vitest";
import { LANGUAGES } from "../frame/words";
import { asked, inShort } from "./wording";

const QUESTIONS = [
  { purpose: "personalisation", channel: "associate" },
  { purpose: "personalisation", channel: "kiosk" },
  { purpose: "marketing", channel: "email" },
  { purpose: "marketing", channel: "fax" },
  { purpose: "research", channel: null },
];

test("every question is whole in every language, and none is like another", () => {
  const found = LANGUAGES.flatMap((language) => QUESTIONS.map((question) => asked(question, language)));
  for (const sentences of found) {
    expect(sentences).toHaveLength(4);
    expect(sentences.join(" ")).not.toMatch(/[{}]/);
    expect(sentences[0]).toMatch(/\?$/);
  }
  expect(new Set(found.map(([question]) => question)).size).toBe(found.length);
});

test("it names the channel, and that a yes can be taken back at any time", () => {
  expect(asked({ purpose: "marketing", channel: "email" }, "en")).toEqual([
    "May we send you our offers and news by e-mail?",
    "For this only, and in no other way.",
    "You can take it back at any time: here, with our staff. Then we stop at once.",
    "If you say no, you are served just as well.",
  ]);
  expect(asked({ purpose: "personalisation", channel: "kiosk" }, "de")[0]).toContain("an unseren Kiosken");
});

test("in short it says to the staff what it is about", () => {
  expect(QUESTIONS.map((question) => inShort(question, "en"))).toEqual([
    "Advice in our stores",
    "What we show her at our kiosks",
    "Offers and news by e-mail",
    "Offers and news fax",
    "research, in all our channels",
  ]);
});
