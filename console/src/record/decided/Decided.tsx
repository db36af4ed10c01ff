import { Anchor } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { LogList } from "../../decisions/LogList";

/** What touchpoints were told to show her. */
export default function Decided({ personId }: { personId: string }) {
  const { t } = useTranslation("decisions");
  const { may } = useSession();
  const filter = useMemo(() => ({ person: personId }), [personId]);
  const what = may("decide") && <Anchor component={Link} inherit to={`/simulator?person=${personId}`}>{t("hers.simulate")}</Anchor>;
  return <LogList filter={filter} hers none={<>{t("hers.none")} {what}</>}>{what}</LogList>;
}
