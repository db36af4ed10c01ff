import { Alert } from "@mantine/core";
import { IconArrowMerge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { Page } from "../parts/Page";
import { Tag } from "../parts/Tag";
import { Back } from "./Back";
import Acts from "./acts/Acts";
import { useKinds } from "./data";
import type { GoldenRecord, View } from "./data";
import { Glance } from "./Glance";
import { KnownBy } from "./KnownBy";
import classes from "./Record.module.css";
import { RecordTabs } from "./RecordTabs";
import { ViewSwitch } from "./ViewSwitch";
import { isKnown, labelOf } from "./who";

/** A customer whose record is there. `changing`: the other view is still on its way. */
export function Known({ record, view, changing }: { record: GoldenRecord; view: View; changing: boolean }) {
  const { t } = useTranslation("record");
  const kinds = useKinds();
  const known = isKnown(record, kinds);
  const { formerly } = (useLocation().state ?? {}) as { formerly?: string };
  return (
    <Page
      title={labelOf(record, kinds)}
      documentTitle={t("title")}
      above={<Back />}
      beside={<Tag tone={known ? "accent" : "quiet"} title={t(known ? "knownSays" : "anonymousSays")}>{t(known ? "known" : "anonymous")}</Tag>}
      description={<KnownBy record={record} kinds={kinds} />}
      actions={<><ViewSwitch view={view} /><Acts personId={record.person_id} record={record} /></>}
    >
      {formerly && <Alert color="pine" variant="light" icon={<IconArrowMerge size={18} />}>{t("formerly", { id: formerly.slice(0, 8) })}</Alert>}
      <div className={classes.all} data-changing={changing || undefined}>
        <Glance record={record} />
        <RecordTabs record={record} />
      </div>
    </Page>
  );
}
