import { Button } from "@mantine/core";
import { IconHistory, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useSession } from "../../app/session";
import { Failed, Loading, Page, Tag, When } from "../../parts";
import { definitionsQuery, FILES } from "./definitions";
import type { Definition, RulesSection, RulesView } from "./definitions";
import { EditRules } from "./EditRules";
import { History } from "./History";
import classes from "./Rules.module.css";

interface Props {
  section: RulesSection;
  /** The rules for reading; also for what they would be, while they are edited. */
  view: (rules: RulesView, definitions: Definition[]) => ReactNode;
}

/** One file of rules: what holds, an editor, and what held before. */
export function RulesPage({ section, view }: Props) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  const [params] = useSearchParams();
  const asked = useQuery({ ...definitionsQuery, refetchInterval: 20_000 });
  if (!asked.data) {
    return (
      <Page title={t(`section.${section}`)} description={t(`rules.${section}.says`)}>
        {asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={9} />}
      </Page>
    );
  }
  const { definitions, rules } = asked.data;
  const edited = params.get("edit");
  if (edited && may("define")) return <EditRules key={edited} section={section} name={edited} definitions={definitions} view={view} />;
  const looked = params.get("history");
  if (looked) return <History key={looked} section={section} current={definitions.find(({ name }) => name === looked) ?? null} name={looked} />;
  const holds = definitions.find(({ name }) => name === FILES[section]);
  return (
    <Page
      title={t(`section.${section}`)}
      description={t(`rules.${section}.says`)}
      beside={holds && <Holds definition={holds} />}
      actions={<Actions name={FILES[section]} />}
    >
      {view(rules, definitions)}
      <p className={classes.quiet}>{t(may("define") ? "rules.file" : "rules.askAdmin", { file: FILES[section] })}</p>
    </Page>
  );
}

function Actions({ name }: { name: string }) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  return (
    <>
      <Button variant="default" component={Link} to={`?history=${encodeURIComponent(name)}`} leftSection={<IconHistory size={16} stroke={1.75} />}>{t("rules.history")}</Button>
      {may("define") && (
        <Button component={Link} to={`?edit=${encodeURIComponent(name)}`} leftSection={<IconPencil size={16} stroke={1.75} />}>{t("rules.edit")}</Button>
      )}
    </>
  );
}

/** Since when a definition holds, and by whose hand; or that nobody has decided anything yet. */
export function Holds({ definition }: { definition: Definition }) {
  const { t } = useTranslation("settings");
  if (definition.default) return <Tag tone="info" title={t("rules.defaultSays")}>{t("rules.default")}</Tag>;
  return (
    <span className={classes.state}>
      <Tag tone="accent">{t("rules.version", { version: definition.version })}</Tag>
      <span>
        <When at={definition.applied_at} />
        {definition.by && `, ${definition.by}`}
      </span>
    </span>
  );
}
