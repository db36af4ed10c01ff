import { useTranslation } from "react-i18next";
import classes from "./Actions.module.css";
import type { Definition } from "./data";
import { useSaid } from "./words";

/** What will happen, in sentences. */
export function Said({ definition, placements, fallbackOf }: { definition: Definition; placements: readonly string[]; fallbackOf?: readonly string[] }) {
  const { t } = useTranslation("actions");
  const said = useSaid()(definition, placements, fallbackOf);
  return (
    <dl className={classes.said}>
      {said.map(({ term, says }) => (
        <div key={term}>
          <dt>{t(`term.${term}`)}</dt>
          <dd>{says.map((each) => <p key={each}>{each}</p>)}</dd>
        </div>
      ))}
    </dl>
  );
}
