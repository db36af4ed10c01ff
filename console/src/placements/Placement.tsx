import { Button, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import actionClasses from "../actions/Actions.module.css";
import { called, useActions, useDefine, usePlacement } from "../actions/data";
import type { Placement as Shown, PlacementWhole } from "../actions/data";
import { Versions } from "../actions/Versions";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { ConfirmDialog, Failed, Loading, Page, Section, Tag, undoable, useFormat, When } from "../parts";
import { useWindow } from "../segments/words";
import { capsOf } from "./draft";
import { Keys } from "./Keys";
import classes from "./Placements.module.css";
import { useSilence } from "./words";

/** One placement: what it shows now, how it works, who competes there, and its screens. */
export default function Placement() {
  const { t } = useTranslation("placements");
  const { may } = useSession();
  const { name = "" } = useParams();
  if (!may("actions")) return <Denied title={t("title")} />;
  return <Asked key={name} name={name} />;
}

function Asked({ name }: { name: string }) {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const { data, error, refetch } = usePlacement(name);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  const placement = data?.placement;
  return (
    <Page
      title={placement ? called(placement) : t("one")} documentTitle={t("one")} above={<Link to="/placements">← {t("title")}</Link>} actions={placement && <Acts placement={placement} />}
      beside={placement && <Tag>{ta(`touchpoint.${placement.touchpoint as "web"}`)}</Tag>}
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={8} />}
      {data && placement && (
        <>
          <Figures placement={placement} />
          <div className={actionClasses.two}>
            <div className={actionClasses.column}>
              <Shows placement={placement} />
              <Competing whole={data} />
              <Versions of="placements" name={name} definition={placement.definition} />
            </div>
            <div className={actionClasses.column}>
              <Facts placement={placement} />
              <Keys placement={placement} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Figures({ placement }: { placement: Shown }) {
  const { t } = useTranslation("placements");
  const format = useFormat();
  const time = (ms: number | null) => (ms === null ? "–" : format.duration(ms / 1_000));
  return (
    <dl className={actionClasses.figures}>
      <div><dt>{t("figure.decisions")}</dt><dd data-figure>{format.number(placement.decisions)}</dd></div>
      <div><dt>{t("figure.fallbacks")}</dt><dd data-figure>{placement.decisions > 0 ? format.share(placement.fallbacks / placement.decisions) : "–"}</dd></div>
      <div><dt>{t("figure.half")}</dt><dd data-figure>{time(placement.took_p50_ms)}</dd></div>
      <div><dt>{t("figure.slowest")}</dt><dd data-figure>{time(placement.took_p99_ms)}</dd></div>
      <div><dt>{t("figure.asked")}</dt><dd>{placement.asked_at ? <When at={placement.asked_at} /> : "–"}</dd></div>
    </dl>
  );
}

function Acts({ placement }: { placement: Shown }) {
  const { t } = useTranslation("placements");
  const { may } = useSession();
  const navigate = useNavigate();
  const { put, drop } = useDefine("placements");
  const [asking, ask] = useState(false);
  if (!may("shape")) return null;
  const { name, definition } = placement;
  const remove = async () => {
    await drop.mutateAsync(name);
    undoable(t("removed", { name: called(placement) }), () => put.mutateAsync({ name, definition }));
    await navigate("/placements");
  };
  return (
    <>
      <Button component={Link} to={`/placements/${name}/edit`} variant="default" leftSection={<IconPencil size={16} />}>{t("edit")}</Button>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" px="xs" aria-label={t("more")}><IconDots size={16} /></Button></Menu.Target>
        <Menu.Dropdown><Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => ask(true)}>{t("remove")}</Menu.Item></Menu.Dropdown>
      </Menu>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={remove} title={t("removeAsk", { name: called(placement) })} confirm={t("remove")} consequences={[t("removeThen"), t("removeKeys")]} danger />
    </>
  );
}

function Shows({ placement }: { placement: Shown }) {
  const { t } = useTranslation("placements");
  const format = useFormat();
  const actions = useActions().data?.actions ?? [];
  const nameOf = (name: string) => called(actions.find((each) => each.name === name) ?? { name });
  return (
    <Section title={t("shows.title")} description={placement.showing.length > 0 ? t("shows.says") : undefined}>
      {placement.showing.length === 0 && <p className={classes.quiet}>{t("shows.none")}</p>}
      <ul className={classes.shows}>
        {placement.showing.slice(0, 10).map((each) => (
          <li key={each.action}>
            <Link to={`/actions/${each.action}`}>{nameOf(each.action)}</Link>
            <span className={classes.bar} aria-hidden><span style={{ width: `${100 * each.share}%` }} /></span>
            <span data-figure>{format.share(each.share, 0)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Facts({ placement }: { placement: Shown }) {
  const { t } = useTranslation("placements");
  const format = useFormat();
  const silence = useSilence();
  const within = useWindow();
  const said = placement.definition;
  const caps = capsOf(said).map((cap) => (cap.within === "ever" ? t("facts.capEver", { number: format.number(cap.max) }) : t("facts.cap", { number: format.number(cap.max), window: within(cap.within) })));
  const rows: [string, React.ReactNode, string?][] = [
    [t("facts.slots"), format.number(Number(said.slots)), t("facts.slotsSays")],
    [t("facts.formats"), <span className={classes.tags}>{(said.formats as string[]).map((each) => <Tag key={each}>{each}</Tag>)}</span>, t("facts.formatsSays")],
    [t("facts.fallback"), <Link to={`/actions/${String(said.fallback)}`}>{String(said.fallback).replaceAll("_", " ")}</Link>, t("facts.fallbackSays")],
    [t("facts.seen_by"), t(said.seen_by === "many" ? "facts.many" : "facts.one"), said.seen_by === "many" ? t("facts.manySays") : undefined],
    [t("facts.exploration"), format.share(Number(said.exploration)), t("facts.explorationSays")],
    [t("facts.timeout_ms"), format.duration(Number(said.timeout_ms) / 1_000)],
    [t("facts.personal_facts"), format.number(Number(said.personal_facts)), t("facts.personal_factsSays")],
    [t("facts.silence"), silence(String(said.silence)), t("facts.silenceSays")],
    ...(typeof said.quiet === "string" ? [[t("facts.quiet"), said.quiet, t("facts.quietSays")] as [string, string, string]] : []),
    ...(caps.length > 0 ? [[t("facts.caps"), caps.join("; "), t("facts.capsSays")] as [string, string, string]] : []),
  ];
  return (
    <Section title={t("facts.title")}>
      <dl className={classes.facts}>{rows.map(([term, value, says]) => <div key={term}><dt>{term}</dt><dd>{value}{says && <small>{says}</small>}</dd></div>)}</dl>
    </Section>
  );
}

function Competing({ whole: { actions, misfits } }: { whole: PlacementWhole }) {
  const { t } = useTranslation("placements");
  const { t: ta } = useTranslation("actions");
  const format = useFormat();
  const sorted = [...actions].sort((a, b) => b.earned.shown - a.earned.shown);
  return (
    <Section title={t("competes.title")} description={actions.length > 0 ? t("competes.says", { count: 30 }) : undefined} flush>
      {actions.length === 0 && <p className={actionClasses.inside}>{t("competes.none")}</p>}
      {actions.length > 0 && (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("competes.title")}>
          <table className={classes.competing}>
            <thead><tr><th scope="col">{ta("column.what")}</th>{(["shown", "clicked", "dismissed", "accepted", "margin"] as const).map((each) => <th key={each} scope="col">{ta(`column.${each}`)}</th>)}</tr></thead>
            <tbody>
              {sorted.map((each) => (
                <tr key={each.name}>
                  <td><Link to={`/actions/${each.name}`}>{called(each)}</Link> {each.valid !== "now" && <Tag tone="watch">{ta(`valid.${each.valid}`)}</Tag>}</td>
                  {[each.earned.shown, each.earned.clicked, each.earned.dismissed, each.earned.accepted].map((count, n) => <td key={n}>{count === 0 ? "–" : format.number(count)}</td>)}
                  <td>{each.earned.shown === 0 ? "–" : format.money(each.earned.margin)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {misfits.length > 0 && <p className={classes.misfits}>{t("competes.misfits", { names: format.list(misfits.map((each) => each.replaceAll("_", " "))) })}</p>}
    </Section>
  );
}
