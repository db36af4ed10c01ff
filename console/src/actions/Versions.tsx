import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Failed, Loading, Section, undoable, When } from "../parts";
import { Counts, Diff } from "../settings/rules/Diff";
import { Review } from "../settings/rules/Review";
import classes from "./Actions.module.css";
import { tryAction, tryPlacement, useDefine, useVersions } from "./data";
import type { Definition, EntryVersion, Section as Of } from "./data";

/** What an entry said before, and the way back to it. */
export function Versions({ of, name, definition }: { of: Of; name: string; definition: Definition }) {
  const { t } = useTranslation("actions");
  const { may } = useSession();
  const { data, error, refetch } = useVersions(of, name);
  const { put } = useDefine(of);
  const [opened, open] = useState<number | null>(null);
  const [back, bring] = useState<{ text: string; definition: Definition } | null>(null);
  const versions = data?.versions ?? [];
  const ask = async (version: EntryVersion) => {
    const tried = await (of === "actions" ? tryAction : tryPlacement)(name, version.text!);
    if (tried.definition !== null) bring({ text: version.text!, definition: tried.definition });
  };
  const apply = async () => {
    await put.mutateAsync({ name, definition: back!.definition });
    bring(null);
    undoable(t("history.back"), () => put.mutateAsync({ name, definition }));
  };
  return (
    <Section title={t("history.title")} description={t("history.says")} flush>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={3} />}
      <ul className={classes.versions}>
        {versions.map((each, n) => {
          const before = versions[n + 1]?.text ?? "";
          return (
            <li key={each.version}>
              <div className={classes.version}>
                <span><When at={each.applied_at} /> <span className={classes.quiet}>{each.by}</span></span>
                <Counts before={before} after={each.text ?? ""} />
                <Button variant="subtle" size="compact-sm" onClick={() => open(opened === each.version ? null : each.version)} aria-expanded={opened === each.version}>{t(opened === each.version ? "history.hide" : "history.show")}</Button>
                {n > 0 && each.text !== null && may("shape") && <Button variant="default" size="compact-sm" onClick={() => void ask(each)}>{t("history.bring")}</Button>}
              </div>
              {opened === each.version && <Diff before={before} after={each.text ?? ""} label={t("review.diff")} />}
            </li>
          );
        })}
      </ul>
      {back && <Review title={t("history.bring")} before={versions[0]?.text ?? ""} after={back.text} consequences={[t("review.now"), t("review.kept")]} opened onClose={() => bring(null)} onApply={apply} />}
    </Section>
  );
}
