import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Num } from "../parts/Figures";
import { SourceBadge } from "../parts/SourceBadge";
import { When } from "../parts/When";
import classes from "./Letters.module.css";
import type { Chosen, Reasons } from "./queries";
import { useReasons } from "./reasons";

interface Props {
  reasons: Reasons["reasons"];
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
}

/** Why letters wait, most of them first. */
export function ReasonList({ reasons, chosen, onChoose }: Props) {
  const { t } = useTranslation("letters");
  const { name } = useReasons();
  return (
    <nav aria-label={t("reasons")} className={classes.reasons}>
      {reasons.map((each) => {
        const here = each.reason === chosen.reason && each.source === chosen.source;
        return (
          <UnstyledButton
            key={`${each.reason} ${each.source}`}
            className={classes.reason}
            aria-current={here || undefined}
            onClick={() => onChoose(each)}
          >
            <span className={classes.name}>{name(each.reason)}</span>
            <span className={classes.count}><Num value={each.letters} /></span>
            <span className={classes.where}><SourceBadge source={each.source} /> · <When at={each.newest_at} /></span>
          </UnstyledButton>
        );
      })}
    </nav>
  );
}
