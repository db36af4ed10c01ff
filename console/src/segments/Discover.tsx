import { Button } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { send } from "../api/client";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page, useFormat, When } from "../parts";
import type { Discovered } from "./data";
import classes from "./Segments.module.css";
import { useInWords } from "./words";

/** Groups that the machine finds among those who buy, to be adopted as segments. */
export default function Discover() {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const format = useFormat();
  const found = useMutation({ mutationFn: () => send("post", "/api/v1/segments/discover", { body: { seed: 1 } }) });
  if (!may("segments")) return <Denied title={t("discover.title")} />;
  const look = <Button onClick={() => found.mutate()} loading={found.isPending} leftSection={<IconSparkles size={16} />}>{found.data ? t("discover.again") : t("discover.do")}</Button>;
  return (
    <Page title={t("discover.title")} description={t("discover.says")} above={<Link to="/segments">← {t("title")}</Link>} actions={found.data && look}>
      {found.error && <Failed error={found.error} />}
      {found.isPending && <Loading rows={8} />}
      {!found.data && !found.isPending && !found.error && <Empty icon={IconSparkles} title={t("discover.start")} action={look}>{t("discover.startSays")}</Empty>}
      {found.data && (
        <>
          <p className={classes.quiet}>{t("discover.chosen", { number: found.data.chosen, persons: format.number(found.data.persons) })} {found.data.criterion} <When at={found.data.as_of} /></p>
          <ul className={classes.groups}>{found.data.segments.map((each) => <Group key={each.name} group={each} />)}</ul>
        </>
      )}
    </Page>
  );
}

function Group({ group }: { group: Discovered }) {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const format = useFormat();
  const words = useInWords();
  const figure = (value: number) => format.number(value, { maximumFractionDigits: 2 });
  const adopt = { name: group.name, title: group.title, description: t("discover.from"), when: group.when };
  return (
    <li>
      <h2>{group.title}</h2>
      <p className={classes.big}><strong data-figure>{format.number(group.count)}</strong> {format.share(group.share)}</p>
      <ul className={classes.apart}>
        {group.distinguishing.slice(0, 5).map((each) => <li key={each.field}>{t("discover.apart", { title: each.title, inside: figure(each.inside), outside: figure(each.outside) })}</li>)}
      </ul>
      <p className={classes.quiet}>{words(group.when)}</p>
      <p className={classes.quiet}>{t("discover.figures", { stability: format.share(group.stability, 0), precision: format.share(group.precision, 0), recall: format.share(group.recall, 0) })}</p>
      {may("shape") && <Button component={Link} to="/segments/new" state={{ adopt }} variant="default" size="xs">{t("discover.adopt")}</Button>}
    </li>
  );
}
