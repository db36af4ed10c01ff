/** Purposes × channels, from what holds and from what the rules ask for. */
import type { GoldenRecord } from "../data";

type Holding = GoldenRecord["consent"];
interface Purpose {
  purpose: string;
  basis: string;
  channels: string[];
}
/** Said; could be said and was not; does not exist in this channel. */
export type Cell = Holding[string][string] | "unsaid" | "outside";
export interface Row {
  purpose: string;
  basis: string | null;
  /** As many as channels; none where no consent is needed and none was given. */
  cells: Cell[];
}

/** Rows in the order of the rules, then what was said beyond them. */
export function matrixOf(consent: Holding, rules: readonly Purpose[]): { purposes: Row[]; channels: string[] } {
  const asked = rules.filter((each) => each.basis === "consent");
  const channels = [...new Set([...asked.flatMap((each) => each.channels), ...Object.values(consent).flatMap((each) => Object.keys(each))])];
  const names = [...new Set([...rules.map((each) => each.purpose), ...Object.keys(consent)])];
  const purposes = names.map((purpose): Row => {
    const rule = rules.find((each) => each.purpose === purpose);
    const said = consent[purpose] ?? {};
    if (rule && rule.basis !== "consent" && Object.keys(said).length === 0) return { purpose, basis: rule.basis, cells: [] };
    return { purpose, basis: rule?.basis ?? null, cells: channels.map((channel) => said[channel] ?? (!rule || rule.channels.length === 0 || rule.channels.includes(channel) ? "unsaid" : "outside")) };
  });
  return { purposes, channels };
}
