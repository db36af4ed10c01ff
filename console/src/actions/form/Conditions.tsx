import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { emptyQuery, isWhole, toWhere } from "../../segments/conditions";
import { Query } from "../../segments/Query";
import { useInWords } from "../../segments/words";
import classes from "../Actions.module.css";
import { ASKED } from "../draft";
import { useMoment } from "../moment";
import type { FormProps } from "./Form";

/** Who may have it, when it makes sense, for whom it is right: each opened when it is wanted. */
export function Conditions({ draft, change, wrong }: FormProps) {
  const { t } = useTranslation("actions");
  const words = useInWords();
  const moment = useMoment();
  return (
    <div className={classes.fields}>
      {ASKED.map((name) => {
        const query = draft[name];
        if (query.rules.length === 0) {
          return (
            <div key={name} className={classes.line}>
              <span>{t(`asked.${name}.none`)}</span>
              <Button variant="default" size="xs" leftSection={<IconPlus size={15} />} onClick={() => change({ [name]: { ...emptyQuery(), rules: [{ field: name === "applicable" ? "context.daypart" : name === "audience" ? "traits.frequency" : "segment", operator: name === "audience" ? ">=" : name === "applicable" ? "=" : "in", value: "" }], ...(name === "suitable" ? { not: true } : {}) } })}>{t(`asked.${name}.add`)}</Button>
            </div>
          );
        }
        return (
          <fieldset key={name} className={classes.asked}>
            <legend>{t(`asked.${name}.title`)}</legend>
            <p className={classes.quiet}>{isWhole(query) ? words(toWhere(query)) : t(`asked.${name}.says`)}</p>
            <Query query={query} onChange={(next) => change({ [name]: next })} self={null} more={moment} />
            {wrong(name) && <p className={classes.wrong}>{wrong(name)}</p>}
          </fieldset>
        );
      })}
    </div>
  );
}
