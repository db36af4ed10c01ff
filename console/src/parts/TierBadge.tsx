import { useNames } from "./names";
import { Tag } from "./Tag";
import type { Tone } from "./Tag";

const TONES: Record<string, Tone> = {
  manual: "info",
  "deterministic-proven": "ok",
  "deterministic-claimed": "watch",
};

/** How a link is known. Takes the tier's name with "_" or "-". */
export function TierBadge({ tier }: { tier: string }) {
  const names = useNames();
  const name = tier.replaceAll("_", "-");
  return <Tag tone={TONES[name] ?? "quiet"} title={names.tierSays(name)}>{names.tier(name)}</Tag>;
}
