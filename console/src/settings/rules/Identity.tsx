import { useTranslation } from "react-i18next";
import { Section, Tag, useFormat, useNames } from "../../parts";
import { iconOfKind } from "../../parts/icons";
import { Explain } from "../Explain";
import type { RulesView } from "./definitions";
import classes from "./Rules.module.css";
import { RulesPage } from "./RulesPage";

type Rules = RulesView["identity"];
type Kind = Rules["kinds"][number];
const COLUMNS = ["priority", "limit", "marks", "normalise", "from"] as const;
/** Fields of the protocol that carry these kinds besides what the file says. */
const ALWAYS: Record<string, string> = { user_id: "userId", anonymous_id: "anonymousId" };

/** By what customers are recognised. */
export function IdentityPage() {
  return <RulesPage section="identity" view={(rules) => <IdentityRules rules={rules.identity} />} />;
}

function IdentityRules({ rules }: { rules: Rules }) {
  const { t } = useTranslation("settings");
  return (
    <>
      <Section title={t("identity.kinds")} description={t("identity.kindsSays")} flush>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("identity.kind")}</th>
              {COLUMNS.map((column) => <th key={column} scope="col"><Explain says={t(`identity.${column}Says`)}>{t(`identity.${column}`)}</Explain></th>)}
            </tr>
          </thead>
          <tbody>{rules.kinds.map((kind) => <Row key={kind.kind} kind={kind} paths={rules.from[kind.kind] ?? []} lists={rules.from["*"] ?? []} />)}</tbody>
        </table>
      </Section>
      {rules.from["*"] && (
        <Section title={t("identity.lists")} description={t("identity.listsSays")}>
          <Paths paths={rules.from["*"]} />
        </Section>
      )}
      <Blocked blocked={rules.blocked} />
    </>
  );
}

/** A kind without a place of its own comes in the lists. */
function Row({ kind, paths, lists }: { kind: Kind; paths: string[]; lists: string[] }) {
  const { t } = useTranslation("settings");
  const names = useNames();
  const Picture = iconOfKind(kind.kind);
  const always = ALWAYS[kind.kind];
  return (
    <tr>
      <td data-lead>
        <span className={classes.kind}>
          <Picture size={16} stroke={1.75} aria-hidden />
          <span>{names.kind(kind.kind)}<small>{kind.kind}</small></span>
        </span>
      </td>
      <td data-title={t("identity.priority")} data-figure>{kind.priority}</td>
      <td data-title={t("identity.limit")}><Limit limit={kind.limit} unique={kind.unique} /></td>
      <td data-title={t("identity.marks")}><Marks kind={kind} /></td>
      <td data-title={t("identity.normalise")}><Normalise how={kind.normalise} /></td>
      <td data-title={t("identity.from")}><Paths paths={always ? [always, ...paths] : paths.length ? paths : lists} /></td>
    </tr>
  );
}

function Limit({ limit, unique }: { limit: Kind["limit"]; unique: boolean }) {
  const { t } = useTranslation("settings");
  if (unique) return <>{t("identity.one")}</>;
  if (limit === null) return <span className={classes.quiet}>{t("identity.noLimit")}</span>;
  const per = (["day", "week", "month", "year"] as const).find((name) => name === limit.per);
  return <span data-figure>{per ? t(`identity.per.${per}`, { count: limit.count }) : t("identity.per.ever", { count: limit.count })}</span>;
}

function Marks({ kind }: { kind: Kind }) {
  const { t } = useTranslation("settings");
  if (!kind.unique && !kind.device) return <span className={classes.quiet}>–</span>;
  return (
    <span className={classes.badges}>
      {kind.unique && <Explain says={t("identity.uniqueSays")}><Tag tone="accent">{t("identity.unique")}</Tag></Explain>}
      {kind.device && <Explain says={t("identity.deviceSays")}><Tag tone="info">{t("identity.device")}</Tag></Explain>}
    </span>
  );
}

function Normalise({ how }: { how: string }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const [name, region] = how.split(":");
  if (name === "none") return <span className={classes.quiet}>{t("identity.how.none")}</span>;
  if (name === "e164" && region) {
    const country = new Intl.DisplayNames(format.locale, { type: "region" }).of(region) ?? region;
    return <Explain says={t("identity.how.phoneSays", { country })}>{t("identity.how.phone", { region })}</Explain>;
  }
  if (name === "email") return <Explain says={t("identity.how.emailSays")}>{t("identity.how.email")}</Explain>;
  return <Explain says={t("identity.how.lowerSays")}>{t("identity.how.lower")}</Explain>;
}

function Paths({ paths }: { paths: readonly string[] }) {
  if (!paths.length) return <span className={classes.quiet}>–</span>;
  return <span className={classes.paths}>{paths.map((path) => <code key={path}>{path}</code>)}</span>;
}

function Blocked({ blocked }: { blocked: Rules["blocked"] }) {
  const { t } = useTranslation("settings");
  const names = useNames();
  const kinds = Object.entries(blocked).filter(([, patterns]) => patterns.length > 0);
  return (
    <Section title={t("identity.blocked")} description={t("identity.blockedSays")}>
      {kinds.length === 0 && <span className={classes.quiet}>{t("identity.blockedNone")}</span>}
      <div className={classes.shown}>
        {kinds.map(([kind, patterns]) => (
          <div key={kind} className={classes.steps}>
            <span>{kind === "*" ? t("identity.every") : names.kind(kind)}:</span>
            <Paths paths={patterns} />
          </div>
        ))}
      </div>
    </Section>
  );
}
