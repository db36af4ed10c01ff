/** Where each identifier of a person stands in the picture, and how each link is drawn. Pure. */
import type { Answer } from "../../api/client";

export type IdentityView = Answer<"/api/v1/persons/{person_id}/identity">;
export type Identifier = IdentityView["identifiers"][number];
export type Link = IdentityView["links"][number];

export interface Placed {
  id: string;
  identifier: Identifier;
  /** known: says who she is; device: one of hers; shared: seen with her, and nobody's; beyond: another person's */
  role: "known" | "device" | "shared" | "beyond";
  x: number;
  y: number;
}

export interface Drawn {
  id: string;
  source: string;
  target: string;
  link: Link;
  /** Both ends stand in one column: drawn around it. */
  beside: boolean;
}

export interface Picture {
  nodes: Placed[];
  edges: Drawn[];
  width: number;
  height: number;
}

export const NODE = { width: 216, height: 54 };
const GAP = { x: 150, y: 18, between: 28 };
const ROWS = 9;
const DEVICES = new Set(["anonymous_id", "device_id"]);
const ORDER = ["user_id", "loyalty_card", "email", "phone"];

/** Columns from left to right: what says who she is, her devices (wrapped), devices that are nobody's. */
export function arrange(view: IdentityView): Picture {
  const shared = new Map(view.shared_devices.map((each) => [each.fragment_id, each]));
  const mine = view.identifiers.filter((each) => !shared.has(each.fragment_id));
  const known = mine.filter((each) => !DEVICES.has(each.kind)).sort(byKindThenAge);
  const devices = mine.filter((each) => DEVICES.has(each.kind)).sort(byAge);
  const groups: [Placed["role"], Identifier[]][] = [["known", known], ["device", devices], ["shared", [...shared.values()].sort(byAge)]];
  const columns = groups.flatMap(([role, items], at) => columnsOf(role, items, at > 0));
  const tallest = Math.max(1, ...columns.map((column) => column.items.length));
  const height = tallest * (NODE.height + GAP.y) - GAP.y;
  const nodes: Placed[] = [];
  let x = 0;
  columns.forEach((column, at) => {
    if (at > 0) x += NODE.width + (columns[at - 1]?.role === column.role ? GAP.between : GAP.x);
    const top = (height - (column.items.length * (NODE.height + GAP.y) - GAP.y)) / 2;
    column.items.forEach((identifier, row) => {
      nodes.push({ id: identifier.fragment_id, identifier, role: column.role, x, y: top + row * (NODE.height + GAP.y) });
    });
  });
  return { nodes, edges: drawn(view.links, nodes), width: x + NODE.width, height };
}

interface Column {
  role: Placed["role"];
  items: Identifier[];
}

function columnsOf(role: Placed["role"], items: Identifier[], wrap: boolean): Column[] {
  if (items.length === 0) return [];
  // many devices make a block about as wide as it is high, not a tower
  const rows = wrap ? Math.max(ROWS, Math.ceil(Math.sqrt(items.length * 3))) : items.length;
  const count = Math.ceil(items.length / rows);
  const each = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, n) => ({ role, items: items.slice(n * each, (n + 1) * each) }));
}

/** The view with only so many devices, those seen last, and those that `keep` names; itself where that leaves out few. */
export function fewer(view: IdentityView, most: number, keep: ReadonlySet<string>): IdentityView {
  const devices = view.identifiers.filter((each) => DEVICES.has(each.kind));
  if (devices.length <= most + 3) return view;
  const seen = (each: Identifier) => each.last_seen ?? each.first_seen;
  const latest = new Set([...devices].sort((a, b) => (seen(a) < seen(b) ? 1 : -1)).slice(0, most).map((each) => each.fragment_id));
  return { ...view, identifiers: view.identifiers.filter((each) => !DEVICES.has(each.kind) || latest.has(each.fragment_id) || keep.has(each.fragment_id)) };
}

/** Links with both ends in the picture; each runs from its left end to its right one. */
function drawn(links: Link[], nodes: Placed[]): Drawn[] {
  const at = new Map(nodes.map((node) => [node.id, node]));
  return links.flatMap((link) => {
    const [a, b] = [at.get(link.between[0]), at.get(link.between[1])];
    if (!a || !b) return [];
    const [source, target] = a.x <= b.x ? [a, b] : [b, a];
    return [{ id: link.link_id, source: source.id, target: target.id, link, beside: a.x === b.x }];
  });
}

function byAge(a: Identifier, b: Identifier): number {
  return a.first_seen < b.first_seen ? -1 : a.first_seen > b.first_seen ? 1 : a.fragment_id < b.fragment_id ? -1 : 1;
}

function byKindThenAge(a: Identifier, b: Identifier): number {
  return rank(a.kind) - rank(b.kind) || byAge(a, b);
}

function rank(kind: string): number {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}

/** The ids of links on the shortest way of active links between two identifiers; empty when there is none. */
export function wayBetween(links: Link[], from: string, to: string): string[] {
  const came = new Map<string, Link | null>([[from, null]]);
  const queue = [from];
  for (let here = queue.shift(); here !== undefined && !came.has(to); here = queue.shift()) {
    for (const link of links) {
      const next = link.between[0] === here ? link.between[1] : link.between[1] === here ? link.between[0] : null;
      if (next === null || !link.active || came.has(next)) continue;
      came.set(next, link);
      queue.push(next);
    }
  }
  const way: string[] = [];
  for (let here = to, link = came.get(to); link; link = came.get(here)) {
    way.push(link.link_id);
    here = link.between[0] === here ? link.between[1] : link.between[0];
  }
  return way.reverse();
}
