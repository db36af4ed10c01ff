import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation, useParams, useSearchParams } from "react-router";
import { ApiError } from "../api/client";
import { useSession } from "../app/session";
import { Denied } from "../app/Denied";
import { Failed } from "../parts/Failed";
import { Page } from "../parts/Page";
import { Back } from "./Back";
import { recordQuery, useRecord } from "./data";
import type { View } from "./data";
import { Known } from "./Known";
import { Nobody } from "./Nobody";
import { Outline } from "./Outline";

/** One customer, by any id she ever had. */
export default function Record() {
  const { t } = useTranslation("record");
  const { may } = useSession();
  const { id = "" } = useParams();
  if (!may("show")) return <Denied title={t("title")} />;
  return <Asked key={id} id={id} />;
}

function Asked({ id }: { id: string }) {
  const { t } = useTranslation("record");
  const [search] = useSearchParams();
  const view: View = search.get("view") === "likely" ? "likely" : "certain";
  const { data, error, refetch, isPlaceholderData } = useRecord(id, view);
  const nobody = error instanceof ApiError && error.status === 404;
  if (nobody) return <Nobody />;
  if (data && data.person_id !== id) return <Moved to={data.person_id} view={view} from={id} />;
  if (data) return <Known record={data} view={view} changing={isPlaceholderData} />;
  return (
    <Page title={t("title")} above={<Back />}>
      {error ? <Failed error={error} retry={() => void refetch()} /> : <Outline />}
    </Page>
  );
}

/** To her present id, with what was asked for there; her record need not be fetched again. */
function Moved({ to, from, view }: { to: string; from: string; view: View }) {
  const { search, hash, state } = useLocation() as { search: string; hash: string; state: object | null };
  const queries = useQueryClient();
  useEffect(() => {
    const data: unknown = queries.getQueryData(recordQuery(from, view).queryKey);
    if (data) queries.setQueryData(recordQuery(to, view).queryKey as readonly unknown[], data);
  }, [queries, from, to, view]);
  return <Navigate to={{ pathname: `/customers/${to}`, search, hash }} state={{ ...state, formerly: from }} replace />;
}
