import { Button } from "@mantine/core";
import { IconListNumbers, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, Tag, useFormat } from "../parts";
import { useTold } from "../record/overview/Value";
import { useTraits } from "./data";
import type { Trait } from "./data";
import classes from "./Traits.module.css";

/** All traits. */
export default function Traits() {
  const { t } = useTranslation("traits");
  const { may } = useSession();
  const { data, error, refetch } = useTraits();
  if (!may("traits")) return <Denied title={t("title")} />;
  return (
    <Page title={t("title")} description={t("says")} actions={may("shape") && <Button component={Link} to="/traits/new" leftSection={<IconPlus size={16} />}>{t("add")}</Button>}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={8} />}
      {data?.traits.length === 0 && <Empty icon={IconListNumbers} title={t("none")} />}
      {data && data.traits.length > 0 && <ul className={classes.list} aria-label={t("title")}>{data.traits.map((each) => <One key={each.name} trait={each} />)}</ul>}
    </Page>
  );
}

function One({ trait }: { trait: Trait }) {
  const { t } = useTranslation("traits");
  const format = useFormat();
  const tell = useTold();
  const example = typeof trait.example === "object" && trait.example !== null ? null : trait.example;
  return (
    <li>
      <Link to={`/traits/${trait.name}`} className={classes.row}>
        <span className={classes.called}>
          <strong>{trait.title || trait.name.replaceAll("_", " ")}</strong>
          <small>{t(`how.${trait.how as "count"}`)}{trait.used_by.length > 0 && <> · {t("usedBy", { names: format.list(trait.used_by.map((name) => name.replaceAll("_", " "))) })}</>}</small>
        </span>
        <span className={classes.marks}>
          <Backfill trait={trait} />
          {trait.built_in && <Tag>{t("builtIn")}</Tag>}
          {example !== null && example !== undefined && <small>{t("example", { value: tell(example) })}</small>}
        </span>
      </Link>
    </li>
  );
}

/** How far its past is counted; nothing once it is. */
export function Backfill({ trait: { backfill } }: { trait: Trait }) {
  const { t } = useTranslation("traits");
  const format = useFormat();
  if (backfill.state === "done") return null;
  return <Tag tone="info">{backfill.state === "waiting" ? t("waiting") : t("counting", { share: format.share(backfill.fraction, 0) })}</Tag>;
}
