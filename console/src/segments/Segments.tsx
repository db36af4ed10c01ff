import { Button } from "@mantine/core";
import { IconPlus, IconSparkles, IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, Tag, useFormat, When } from "../parts";
import { useSegments } from "./data";
import type { Segment } from "./data";
import classes from "./Segments.module.css";
import { calledOf, useInWords } from "./words";

/** All segments, with how many are in each. */
export default function Segments() {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  if (!may("segments")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const { data, error, refetch } = useSegments();
  const add = may("shape") && <Button component={Link} to="/segments/new" leftSection={<IconPlus size={16} />}>{t("add")}</Button>;
  return (
    <Page
      title={t("title")} description={t("says")}
      actions={<><Button component={Link} to="/segments/discover" variant="default" leftSection={<IconSparkles size={16} />}>{t("discover.title")}</Button>{add}</>}
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data?.segments.length === 0 && <Empty icon={IconUsersGroup} title={t("none")} action={add}>{t("noneSays")}</Empty>}
      {data && data.segments.length > 0 && (
        <ul className={classes.list} aria-label={t("title")}>{data.segments.map((each) => <One key={each.name} segment={each} />)}</ul>
      )}
    </Page>
  );
}

function One({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const words = useInWords();
  return (
    <li>
      <Link to={`/segments/${segment.name}`} className={classes.row}>
        <span className={classes.called}>
          <strong>{calledOf(segment)}</strong>
          <small>{words(segment.when)}</small>
        </span>
        <span className={classes.count} data-figure>
          {format.number(segment.count)} <small>{format.share(segment.share)}</small>
          <span className={classes.bar} aria-hidden><span style={{ width: `${100 * segment.share}%` }} /></span>
        </span>
        <span className={classes.moved} data-figure>
          {!segment.settled && <Tag tone="info">{t("settling", { share: format.share(segment.fraction, 0) })}</Tag>}
          {segment.entered_7d > 0 && <span>{t("entered", { number: format.number(segment.entered_7d) })}</span>}
          {segment.exited_7d > 0 && <span>{t("exited", { number: format.number(segment.exited_7d) })}</span>}
          <small><When at={segment.as_of} /></small>
        </span>
      </Link>
    </li>
  );
}
