import { VisuallyHidden } from "@mantine/core";
import classes from "./Chip.module.css";
import { iconOfChannel } from "./icons";
import { useNames } from "./names";

/** A channel as its icon alone; its name is its title. */
export function ChannelIcon({ channel, size = 16 }: { channel: string; size?: number }) {
  const names = useNames();
  const Picture = iconOfChannel(channel);
  return (
    <span className={classes.plain} title={names.channel(channel)}>
      <Picture size={size} stroke={1.75} aria-hidden />
      <VisuallyHidden>{names.channel(channel)}</VisuallyHidden>
    </span>
  );
}

/** A channel with its name. */
export function ChannelBadge({ channel }: { channel: string }) {
  const names = useNames();
  const Picture = iconOfChannel(channel);
  return (
    <span className={classes.plain}>
      <Picture size={15} stroke={1.75} aria-hidden />
      {names.channel(channel)}
    </span>
  );
}
