import { Button } from "@mantine/core";
import { IconLayoutBoard, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { called, useActions, usePlacements } from "../actions/data";
import type { Placement } from "../actions/data";
import { TOUCHPOINTS } from "../actions/draft";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, Section, Tag, useFormat, When } from "../parts";
import classes from "./Placements.module.css";

/** All placements by touchpoint, with what they show now. */
export default function Placements() {
  const { t } = useTranslation("placements");
  const { may } = useSession();
  if (!may("actions")) return <Denied title={t("title")} />;
  return <All />;
}

function All() {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const { may } = useSession();
  const { data, error, refetch } = usePlacements();
  const actions = useActions().data?.actions;
  const titles = new Map(actions?.map((each) => [each.name, called(each)]));
  const placements = data?.placements;
  const without = actions?.length === 0;
  const add = may("shape") && (without ? <Button component={Link} to="/actions/new" leftSection={<IconPlus size={16} />}>{t("newAction")}</Button> : <Button component={Link} to="/placements/new" leftSection={<IconPlus size={16} />}>{t("add")}</Button>);
  return (
    <Page title={t("title")} description={t("says")} actions={add}>
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {placements?.length === 0 && <Empty icon={IconLayoutBoard} title={t("none")} action={add}>{t("noneSays")}{without && ` ${t("noneActions")}`}</Empty>}
      {TOUCHPOINTS.map((touchpoint) => {
        const here = placements?.filter((each) => each.touchpoint === touchpoint) ?? [];
        if (here.length === 0) return null;
        return <Section key={touchpoint} title={<span className={classes.touchpoint}>{ta(`touchpoint.${touchpoint}`)}</span>} flush><ul className={classes.list}>{here.map((each) => <One key={each.name} placement={each} titles={titles} />)}</ul></Section>;
      })}
    </Page>
  );
}

function One({ placement, titles }: { placement: Placement; titles: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("placements");
  const format = useFormat();
  const { definition } = placement;
  return (
    <li>
      <Link to={`/placements/${placement.name}`} className={classes.row}>
        <span className={classes.called}>
          <strong>{called(placement)}</strong>
          <span className={classes.tags}>
            <Tag>{t("slots", { count: Number(definition.slots) })}</Tag>
            {(definition.formats as string[]).map((each) => <Tag key={each}>{each}</Tag>)}
            {definition.seen_by === "many" && <Tag tone="watch">{t("many")}</Tag>}
          </span>
        </span>
        <span className={classes.now}>
          <small>{placement.showing.length > 0 ? t("now") : t("never")}</small>
          {placement.showing.slice(0, 3).map((each) => <span key={each.action}>{titles.get(each.action) ?? each.action} <small data-figure>{format.share(each.share, 0)}</small></span>)}
        </span>
        <span className={classes.counts} data-figure>
          <span>{t("competing", { count: placement.competing.length })}</span>
          <small>{t("decisions", { count: placement.decisions, number: format.number(placement.decisions) })}{placement.fallbacks > 0 && `, ${t("fallbacks", { share: format.share(placement.fallbacks / placement.decisions, 0) })}`}</small>
          {placement.asked_at && <small>{t("asked")} <When at={placement.asked_at} /></small>}
        </span>
      </Link>
    </li>
  );
}
