import { describe, expect, it } from "vitest";
import { arrange, NODE, wayBetween } from "./graph";
import type { IdentityView, Placed } from "./graph";

const identifier = (fragment_id: string, kind: string, first_seen = "2026-01-01T00:00:00Z") =>
  ({ fragment_id, kind, value: fragment_id, tier: "deterministic-proven", first_seen, source: "web" }) as IdentityView["identifiers"][number];
const link = (a: string, b: string, active = true) =>
  ({ link_id: `${a}-${b}`, between: [a, b], tier: "deterministic-proven", confidence: 1, proof: {}, first_proof_at: "2026-01-01T00:00:00Z", active }) as unknown as IdentityView["links"][number];
const many = Array.from({ length: 200 }, (_, n) => identifier(`d${n}`, "anonymous_id"));
const view: IdentityView = {
  person_id: "u",
  identifiers: [identifier("m", "email"), ...many, identifier("u", "user_id")],
  links: [link("d0", "u"), link("u", "m"), link("k", "u", false), link("u", "elsewhere")],
  aparts: [],
  shared_devices: [identifier("k", "device_id")],
};

describe("arrange", () => {
  const picture = arrange(view);

  it("places every identifier once and none over another", () => {
    expect(picture.nodes).toHaveLength(203);
    const apart = (a: Placed, b: Placed) => Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height;
    const covered = picture.nodes.filter((a) => picture.nodes.some((b) => a.id !== b.id && !apart(a, b)));
    expect(covered).toEqual([]);
  });

  it("puts who she is on the left, devices beside, what is nobody's last", () => {
    const x = (id: string) => picture.nodes.find((node) => node.id === id)?.x ?? Number.NaN;
    expect(x("u")).toBeLessThan(x("d0"));
    expect(x("d199")).toBeLessThan(x("k"));
  });

  it("draws only links whose ends are both there", () => {
    expect(picture.edges.map((edge) => edge.id)).toEqual(["d0-u", "u-m", "k-u"]);
  });
});

describe("wayBetween", () => {
  it("finds the shortest way of active links", () => {
    expect(wayBetween(view.links, "d0", "m")).toEqual(["d0-u", "u-m"]);
  });

  it("takes no link that does not join", () => {
    expect(wayBetween(view.links, "k", "m")).toEqual([]);
  });
});
