import type { GoldenRecord } from "../data";
import classes from "../Record.module.css";
import { Attributes } from "./Attributes";
import { Campaigns } from "./Campaigns";
import { Charts } from "./Charts";
import { Favourites } from "./Favourites";
import { Groups } from "./Groups";
import { Orders } from "./Orders";
import { Sessions } from "./Sessions";

/** What is known of her and what she did, on one page. */
export function Overview({ record }: { record: GoldenRecord }) {
  return (
    <>
      <Charts record={record} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Attributes record={record} />
          <Orders record={record} />
          <Sessions record={record} />
        </div>
        <div className={classes.column}>
          <Favourites record={record} />
          <Campaigns record={record} />
          <Groups record={record} />
        </div>
      </div>
    </>
  );
}
