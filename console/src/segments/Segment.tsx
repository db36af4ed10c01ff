import { Button, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "../api/client";
import { Denied } from "../app/Denied";
import { Lost } from "../app/Lost";
import { useSession } from "../app/session";
import { Chart, ConfirmDialog, Failed, Loading, Page, Section, Tag, undoable, useFormat, VirtualRows, When } from "../parts";
import type { ChartLook, ChartOption } from "../parts/echarts";
import { useHistory, useMembers, useSegment, useShape } from "./data";
import type { Segment as Shown } from "./data";
import { Found } from "./Found";
import classes from "./Segments.module.css";
import { calledOf, useInWords } from "./words";

/** One segment: who is in it, since when, how it moved, and with which others it overlaps. */
export default function Segment() {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const { name = "" } = useParams();
  if (!may("segments")) return <Denied title={t("title")} />;
  return <Asked key={name} name={name} />;
}

function Asked({ name }: { name: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const words = useInWords();
  const { data, error, refetch } = useSegment(name);
  if (error instanceof ApiError && error.status === 404) return <Lost />;
  return (
    <Page
      title={data ? calledOf(data) : t("one")} documentTitle={t("one")} description={data?.description || undefined} above={<Link to="/segments">← {t("title")}</Link>}
      beside={data && !data.settled && <Tag tone="info">{t("settling", { share: format.share(data.fraction, 0) })}</Tag>} actions={data && <Acts segment={data} />}
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={8} />}
      {data && (
        <>
          <p className={classes.words}>{words(data.when)}</p>
          <dl className={classes.figures}>
            <div><dt>{t("members")}</dt><dd data-figure>{format.number(data.count)}</dd></div>
            <div><dt>{t("share")}</dt><dd data-figure>{format.share(data.share)}</dd></div>
            <div><dt>{t("entered7")}</dt><dd data-figure>{format.number(data.entered_7d)}</dd></div>
            <div><dt>{t("exited7")}</dt><dd data-figure>{format.number(data.exited_7d)}</dd></div>
          </dl>
          <History name={name} />
          <div className={classes.two}>
            <Members segment={data} />
            <Section title={t("overlap.title")} description={t("overlap.says")}><Found when={data.when} name={name} only="overlap" /></Section>
          </div>
        </>
      )}
    </Page>
  );
}

function Acts({ segment }: { segment: Shown }) {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const navigate = useNavigate();
  const { put, drop } = useShape();
  const [asking, ask] = useState(false);
  if (!may("shape")) return null;
  const { name, when, title, description } = segment;
  const remove = async () => {
    await drop.mutateAsync(name);
    undoable(t("removed", { name: calledOf(segment) }), () => put.mutateAsync({ name, when, title, description }));
    await navigate("/segments");
  };
  return (
    <>
      <Button component={Link} to={`/segments/${name}/edit`} variant="default" leftSection={<IconPencil size={16} />}>{t("edit")}</Button>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" px="xs" aria-label={t("more")}><IconDots size={16} /></Button></Menu.Target>
        <Menu.Dropdown><Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => ask(true)}>{t("remove")}</Menu.Item></Menu.Dropdown>
      </Menu>
      <ConfirmDialog opened={asking} onClose={() => ask(false)} onConfirm={remove} title={t("removeAsk", { name: calledOf(segment) })} confirm={t("remove")} consequences={[t("removeThen")]} danger />
    </>
  );
}

function History({ name }: { name: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const { data } = useHistory(name);
  const days = data?.days;
  const option = useCallback((look: ChartLook): ChartOption => ({
    animation: false,
    grid: { left: 8, right: 8, top: 28, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10 },
    tooltip: {},
    xAxis: { type: "category", data: (days ?? []).map(({ day }) => format.date(day, { day: "numeric", month: "short", timeZone: "UTC" })) },
    yAxis: [{ type: "value", minInterval: 1, scale: true }, { type: "value", minInterval: 1, splitLine: { show: false } }],
    series: [
      { type: "line", name: t("members"), data: (days ?? []).map(({ count }) => count), symbol: "none", lineStyle: { width: 2, color: look.accent }, itemStyle: { color: look.accent } },
      { type: "bar", name: t("history.entered"), yAxisIndex: 1, stack: "moved", data: (days ?? []).map(({ entered }) => entered), itemStyle: { color: look.series[1] ?? look.ok } },
      { type: "bar", name: t("history.exited"), yAxisIndex: 1, stack: "moved", data: (days ?? []).map(({ exited }) => -exited), itemStyle: { color: look.watch } },
    ],
  }), [days, format, t]);
  const table = [[t("history.day"), t("members"), t("history.entered"), t("history.exited")], ...(days ?? []).map((each) => [each.day, String(each.count), String(each.entered), String(each.exited)])];
  return <Section title={t("history.title")}><Chart option={option} label={t("history.label")} table={table} height={200} empty={days?.length === 0} /></Section>;
}

type Member = NonNullable<ReturnType<typeof useMembers>["data"]>["pages"][number]["members"][number];

function Members({ segment }: { segment: Shown }) {
  const { t } = useTranslation("segments");
  const { may } = useSession();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useMembers(segment, may("members"));
  const rows = data?.pages.flatMap(({ members }) => members) ?? [];
  const label = (row: Member) => row.label ?? row.person_id.slice(0, 8);
  if (!may("members")) return <Section title={t("members")}><p className={classes.quiet}>{t("membersDenied")}</p></Section>;
  return (
    <Section title={t("members")} flush>
      {isPending && <Loading rows={4} />}
      {data && rows.length === 0 && <p className={classes.inside}>{t("nobody")}</p>}
      {rows.length > 0 && (
        <VirtualRows
          label={t("members")} rows={rows} rowKey={(row) => row.person_id} to={(row) => `/customers/${row.person_id}`} total={segment.count}
          columns={[{ key: "who", title: t("who"), width: "minmax(8rem, 2fr)", cell: label }, { key: "since", title: t("since"), align: "end", cell: (row) => <When at={row.since} /> }]}
          card={(row) => <span className={classes.member}>{label(row)} <small><When at={row.since} /></small></span>}
          hasMore={hasNextPage} onMore={() => void fetchNextPage()} loadingMore={isFetchingNextPage} error={error ?? undefined}
        />
      )}
    </Section>
  );
}
