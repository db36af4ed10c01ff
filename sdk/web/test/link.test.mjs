// The link of a message, without a browser: what is taken out of an address, exchanged, kept and forgotten.
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, mock, test } from "node:test";
import { build } from "esbuild";

const built = await build({
  entryPoints: [join(import.meta.dirname, "../src/link.ts")],
  bundle: true,
  format: "esm",
  write: false,
});
const { Link, withoutToken } = await import(
  `data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`
);

const CHOSEN = { host: "https://shop.example/s", timeout: 800, debug: false };
const MINUTE = 60_000;
const [PROOF, OTHER] = ["T-_9".repeat(13), "U".repeat(55)];
let page;

/** A tab at an address; `answer` is what the API says to an exchange. */
function tab(hash, { kept = {}, state = null } = {}) {
  page = { asked: [], written: [], kept: new Map(Object.entries(kept)), warned: [] };
  page.answer = () => Response.json({ identity_token: "i.t.t", expires_at: "2001-01-01T00:00:00Z" });
  globalThis.location = { hash, pathname: "/offers", search: "?q=mug" };
  globalThis.history = {
    state,
    replaceState(given, _, address) {
      page.written.push([given, address]);
      location.hash = /#.*$/.exec(address)?.[0] ?? "";
    },
  };
  globalThis.sessionStorage = {
    getItem: (name) => page.kept.get(name) ?? null,
    setItem: (name, value) => page.kept.set(name, value),
    removeItem: (name) => page.kept.delete(name),
  };
  globalThis.fetch = async (address, options) => {
    page.asked.push({ address, ...options });
    return page.answer();
  };
  mock.method(console, "warn", (text) => page.warned.push(text));
}

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 }));
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

/** A link that was opened, and its exchange waited for. */
async function opened(key = "key") {
  const link = new Link();
  link.take();
  link.open(CHOSEN, key);
  await link.exchanging;
  return link;
}

for (const [fragment, rest, proof] of [
  ["", "", null],
  ["#top", "#top", null],
  ["#nosegue=T", "#nosegue=T", null],
  ["#segue=T-_1", "", "T-_1"],
  ["#top&segue=T", "#top", "T"],
  ["#segue=T&b=%20x", "#b=%20x", "T"],
  ["#a=1&segue=T&b=2", "#a=1&b=2", "T"],
  ["#/shoes?segue=T", "#/shoes", "T"],
  ["#/shoes?segue=T&size=9", "#/shoes?size=9", "T"],
  ["#/shoes?size=9&segue=T", "#/shoes?size=9", "T"],
  ["#segue=T&segue=U", "", "T"],
  ["#segue=", "", ""],
]) {
  test(`of ${fragment || "no fragment"} there stays ${rest || "nothing"}`, () => {
    assert.deepEqual(withoutToken(fragment), { rest, proof });
  });
}

test("an address without a token is left as it is", () => {
  tab("#top");
  assert.equal(new Link().take(), false);
  assert.deepEqual(page.written, []);
});

test("a token leaves the address before anything is asked; the rest and the state of the page stay", () => {
  tab(`#top&segue=${PROOF}`, { state: { scroll: 9 } });
  assert.equal(new Link().take(), true);
  assert.deepEqual(page.written, [[{ scroll: 9 }, "/offers?q=mug#top"]]);
  assert.deepEqual(page.asked, []);
});

test("a page that may not write its address works all the same", async () => {
  tab(`#segue=${PROOF}`);
  history.replaceState = () => {
    throw new Error("SecurityError");
  };
  assert.equal((await opened()).token("key"), "i.t.t");
});

test("it is exchanged once, with the page's key and without cookies", async () => {
  tab(`#segue=${PROOF}`);
  const link = await opened();
  link.open(CHOSEN, "key");
  const [{ address, method, headers, body, credentials }] = page.asked;
  assert.equal(page.asked.length, 1);
  assert.equal(`${method} ${address}`, "POST https://shop.example/s/api/v1/proofs/exchange");
  assert.equal(headers.Authorization, "Bearer key");
  assert.deepEqual([JSON.parse(body), credentials], [{ proof: PROOF }, "omit"]);
});

test("what it is exchanged for goes with that key, on the tab's next page too, for five minutes by any clock", async () => {
  tab(`#segue=${PROOF}`);
  const link = await opened();
  assert.deepEqual([link.token("key"), link.token("other")], ["i.t.t", undefined]);
  mock.timers.tick(5 * MINUTE - 1);
  assert.equal(link.token("key"), "i.t.t");
  assert.equal(new Link().token("key"), "i.t.t");
  mock.timers.tick(1);
  assert.equal(link.token("key"), undefined);
  assert.equal(new Link().token("key"), undefined);
  assert.equal(page.kept.size, 0);
});

test("another link ends what the one before has proven, whatever becomes of it", async () => {
  tab(`#segue=${PROOF}`);
  await opened();
  location.hash = `#segue=${OTHER}`;
  page.answer = () => new Response("{}", { status: 400 });
  assert.equal((await opened()).token("key"), undefined);
  assert.equal(page.kept.size, 0);
});

for (const [what, answer] of [
  ["refused", () => Response.json({ code: "proof_refused" }, { status: 400 })],
  ["not answered", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["answered with something else", () => new Response("<html>")],
  ["answered with no token", () => Response.json({ identity_token: 5 })],
]) {
  test(`one that is ${what} is none, and said only where that is asked for`, async () => {
    for (const debug of [false, true]) {
      tab(`#segue=${PROOF}`);
      page.answer = answer;
      const link = new Link();
      link.take();
      link.open({ ...CHOSEN, debug }, "key");
      await link.exchanging;
      assert.equal(link.token("key"), undefined);
      assert.equal(page.kept.size, 0);
      assert.equal(page.warned.length, Number(debug));
    }
  });
}

for (const hash of ["#segue=", "#segue=482913", `#segue=${"x".repeat(101)}`, `#segue=${"<".repeat(50)}`]) {
  test(`what cannot be a token is not asked about: ${hash.slice(0, 20)}`, async () => {
    tab(hash);
    assert.equal((await opened()).token("key"), undefined);
    assert.deepEqual([page.asked, location.hash], [[], ""]);
  });
}

test("it is waited for no longer than a slot's answer, and serves later questions", async () => {
  tab(`#segue=${PROOF}`);
  let say;
  page.answer = () => new Promise((resolve) => (say = resolve));
  const link = new Link();
  link.take();
  link.open(CHOSEN, "key");
  const { exchanging } = link;
  mock.timers.tick(800);
  await exchanging;
  assert.deepEqual([link.exchanging, link.token("key")], [null, undefined]);
  say(Response.json({ identity_token: "i.t.t" }));
  await new Promise(setImmediate);
  assert.equal(link.token("key"), "i.t.t");
});

for (const what of ["withdraw", "forget"]) {
  test(`an answer that comes after "${what}" is not kept`, async () => {
    tab(`#segue=${PROOF}`);
    const link = new Link();
    link.take();
    link.open(CHOSEN, "key");
    const { exchanging } = link;
    link[what]();
    await exchanging;
    await new Promise(setImmediate);
    assert.deepEqual([link.token("key"), page.kept.size], [undefined, 0]);
  });
}

test("a no keeps a token that was not exchanged for a later yes; somebody else's log-in does not", () => {
  tab(`#segue=${PROOF}`);
  const link = new Link();
  link.take();
  link.withdraw();
  assert.equal(link.brought, true);
  link.forget();
  assert.equal(link.brought, false);
});

test("what lies in the storage may be anybody's", () => {
  for (const kept of ["", "{", "[]", "5", '{"token":1}', '{"token":"a","key":"key","until":"9"}']) {
    tab("", { kept: { segue_link: kept } });
    assert.equal(new Link().token("key"), undefined, kept);
  }
  tab("", { kept: { segue_link: JSON.stringify({ token: "a", key: "key", until: 1e15 }) } });
  const link = new Link();
  assert.equal(link.token("key"), "a");
  mock.timers.tick(5 * MINUTE);
  assert.equal(link.token("key"), undefined);
});

test("without a storage it holds for the page", async () => {
  tab(`#segue=${PROOF}`);
  globalThis.sessionStorage = new Proxy({}, {
    get() {
      throw new Error("SecurityError");
    },
  }); // prettier-ignore
  assert.equal((await opened()).token("key"), "i.t.t");
});
