import { Anchor, Button } from "@mantine/core";
import { IconFileOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { ApiError } from "../api/client";
import { useSession } from "../app/session";
import { Empty, Failed, Loading, Page } from "../parts";
import { Choose } from "./Choose";
import { Mapper } from "./Mapper";
import { lookAt, previewOf } from "./queries";
import { Steps } from "./Steps";

/** What stands in the history beside the address: a file's name may name somebody, so no address carries it. */
interface Begun {
  file?: string;
  /** A mapping to begin with, as text, in place of the suggested one. */
  mapping?: string;
}

/** A new import: the file, the mapping, and off it goes. */
export default function NewImport() {
  const { t } = useTranslation("imports");
  const { may } = useSession();
  const navigate = useNavigate();
  const { file, mapping } = (useLocation().state ?? {}) as Begun;
  const go = (begun: Begun) => void navigate("/imports/new", { state: begun });
  return (
    <Page title={t("new.title")} above={<Anchor component={Link} inherit to="/imports">{t("title")}</Anchor>} beside={<Steps at={file ? 2 : 1} />} focusKey={file ?? ""}>
      {!may("import") ? (
        <Empty icon={IconFileOff} title={t("new.mayNot")}>{t("none.mayNot")}</Empty>
      ) : file ? (
        <Map key={file} file={file} given={mapping} onOther={() => go({ mapping })} />
      ) : (
        <Choose onChoose={(name) => go({ file: name, mapping })} />
      )}
    </Page>
  );
}

function Map({ file, given, onOther }: { file: string; given?: string; onOther: () => void }) {
  const { t } = useTranslation("imports");
  const [format, setFormat] = useState<Record<string, string> | null>(null);
  const look = useQuery(lookAt(file, format));
  const earlier = useQuery({ ...previewOf(file, given ?? ""), enabled: given !== undefined });
  if (look.isPending || (given !== undefined && earlier.isPending)) return <Loading rows={8} height={26} />;
  if (look.error) {
    const gone = look.error instanceof ApiError && look.error.status === 404;
    return (
      <>
        <Failed error={look.error} title={gone ? t("new.gone", { file }) : t("new.unreadable", { file })} retry={gone ? undefined : () => void look.refetch()} />
        <div><Button variant="default" onClick={onOther}>{t("new.other")}</Button></div>
      </>
    );
  }
  return (
    <Mapper
      key={JSON.stringify(format)}
      file={file}
      look={look.data}
      given={format === null && given !== undefined ? { text: given, mapping: earlier.data?.mapping ?? null } : undefined}
      onFormat={setFormat}
      onOther={onOther}
    />
  );
}
