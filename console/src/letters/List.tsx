import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Failed } from "../parts/Failed";
import { Loading } from "../parts/Loading";
import { Section } from "../parts/Section";
import { VirtualRows } from "../parts/VirtualRows";
import type { Column } from "../parts/VirtualRows";
import { When } from "../parts/When";
import classes from "./Letters.module.css";
import { lettersOf } from "./queries";
import type { Letter, Reasons } from "./queries";
import { OneLetter } from "./OneLetter";
import { useReasons } from "./reasons";
import { ReplayButton } from "./ReplayButton";

/** The letters of one reason and source; one of them opened. */
export function List({ chosen }: { chosen: Reasons["reasons"][number] }) {
  const { t } = useTranslation("letters");
  const { may } = useSession();
  const { name, cure } = useReasons();
  const [opened, setOpened] = useState<Letter | null>(null);
  const answer = useInfiniteQuery(lettersOf(chosen));
  const rows = answer.data?.pages.flatMap((page) => page.letters) ?? [];
  const columns: Column<Letter>[] = [
    { key: "at", title: t("column.at"), width: "9.5rem", cell: (row) => <When at={row.received_at} as="both" /> },
    { key: "detail", title: t("column.detail"), cell: (row) => <span className={classes.cut}>{row.detail}</span> },
    { key: "raw", title: t("column.raw"), cell: (row) => <code className={classes.cut}>{row.raw.slice(0, 200)}</code> },
  ];
  return (
    <div className={classes.letters}>
      <Section
        title={name(chosen.reason)}
        description={cure(chosen.reason)}
        aside={may("mend") && <ReplayButton which={{ reason: chosen.reason, source: chosen.source }} count={chosen.letters} label={t("replay.these", { count: chosen.letters })} />}
        bare
      >
        {answer.isPending && <Loading rows={5} />}
        {answer.error && rows.length === 0 && <Failed error={answer.error} retry={() => void answer.refetch()} />}
        {rows.length > 0 && (
          <VirtualRows
            label={name(chosen.reason)}
            rows={rows}
            rowKey={(row) => row.dead_letter_id}
            columns={columns}
            card={(row) => <Card letter={row} />}
            onOpen={setOpened}
            chosen={opened?.dead_letter_id}
            total={chosen.letters}
            hasMore={answer.hasNextPage}
            onMore={() => void answer.fetchNextPage()}
            loadingMore={answer.isFetchingNextPage}
            error={answer.isFetchNextPageError ? answer.error : null}
            height={rows.length > 8 ? "22rem" : undefined}
          />
        )}
      </Section>
      {opened && <OneLetter key={opened.dead_letter_id} letter={opened} onDone={() => setOpened(null)} />}
    </div>
  );
}

function Card({ letter }: { letter: Letter }) {
  return (
    <span className={classes.card}>
      <When at={letter.received_at} as="both" />
      <span className={classes.cut}>{letter.detail}</span>
    </span>
  );
}
