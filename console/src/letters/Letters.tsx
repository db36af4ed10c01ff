import { Button } from "@mantine/core";
import { IconMailCheck, IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { get } from "../api/client";
import { useLive } from "../api/live";
import { useSession } from "../app/session";
import { Empty } from "../parts/Empty";
import { Failed } from "../parts/Failed";
import { Loading } from "../parts/Loading";
import { Page } from "../parts/Page";
import { Section } from "../parts/Section";
import classes from "./Letters.module.css";
import { List } from "./List";
import type { Reasons } from "./queries";
import { ReasonList } from "./ReasonList";
import { ReplayButton } from "./ReplayButton";

/** Events that could not be admitted: why, mended in place, sent through again. */
export default function Letters() {
  const { t } = useTranslation("letters");
  const { may } = useSession();
  const answer = useQuery({ ...get("/api/v1/dead-letters/reasons"), refetchInterval: 30_000 });
  const waiting = answer.data?.waiting ?? 0;
  return (
    <Page
      title={t("title")}
      description={t("says")}
      actions={waiting > 0 && may("mend") && <ReplayButton which={{ all: true }} count={waiting} label={t("replay.all", { count: waiting })} />}
    >
      <News />
      {answer.isPending && <Loading rows={6} />}
      {answer.error && <Failed error={answer.error} retry={() => void answer.refetch()} />}
      {answer.data && (waiting === 0 ? <None /> : <Chosen found={answer.data} />)}
    </Page>
  );
}

function None() {
  const { t } = useTranslation("letters");
  return <Empty icon={IconMailCheck} title={t("none.title")}>{t("none.says")}</Empty>;
}

/** One reason's letters beside the list of reasons; which one stands in the address, it names nobody. */
function Chosen({ found }: { found: Reasons }) {
  const [params, setParams] = useSearchParams();
  const asked = found.reasons.find(
    (each) => each.reason === params.get("reason") && (!params.get("source") || each.source === params.get("source")),
  ) ?? found.reasons.find((each) => each.source === params.get("source"));
  const chosen = asked ?? found.reasons[0];
  if (!chosen) return <None />;
  return (
    <div className={classes.columns}>
      <ReasonList
        reasons={found.reasons}
        chosen={chosen}
        onChoose={({ reason, source }) => setParams({ reason, source }, { replace: true, preventScrollReset: true })}
      />
      <List key={`${chosen.reason} ${chosen.source}`} chosen={chosen} />
    </div>
  );
}

/** Letters that came while the page was open: a bar to load them, so that nothing jumps. */
function News() {
  const { t } = useTranslation("letters");
  const [came, setCame] = useState(0);
  const client = useQueryClient();
  useLive("/api/v1/live", { letters: (data) => setCame((before) => before + (data as { letters: unknown[] }).letters.length) });
  if (came === 0) return null;
  return (
    <Section title={t("news.title", { count: came })} bare>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} />}
        onClick={() => {
          setCame(0);
          void client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/dead-letters") });
        }}
      >
        {t("news.show")}
      </Button>
    </Section>
  );
}
