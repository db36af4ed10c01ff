import { Anchor, Button } from "@mantine/core";
import { IconCopyPlus, IconPlayerStop, IconRotateClockwise } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useSession } from "../app/session";
import { Code, ConfirmDialog, Failed, Loading, Page, Section, When } from "../parts";
import { Download } from "./Download";
import classes from "./Imports.module.css";
import { Outcome } from "./Outcome";
import { useActs, useImport } from "./queries";
import type { Import } from "./queries";
import { Running } from "./Running";
import { StateTag } from "./StateTag";
import { useWho } from "./who";

/** One import: how far it is, or what came of it. */
export default function OneImport() {
  const { t } = useTranslation("imports");
  const { id = "" } = useParams();
  const answer = useImport(id);
  const found = answer.data;
  const who = useWho();
  return (
    <Page
      title={found?.file ?? t("one.title")}
      documentTitle={t("one.title")}
      above={<Anchor component={Link} inherit to="/imports">{t("title")}</Anchor>}
      beside={found && <StateTag of={found} />}
      description={found && <>{t("one.into", { source: found.source })} · <When at={found.started_at} as="both" /> · {who(found.by)}</>}
      actions={found && <Actions of={found} />}
    >
      {answer.isPending && <Loading rows={5} />}
      {answer.error && !found && <Failed error={answer.error} retry={() => void answer.refetch()} />}
      {found?.state === "running" && <Running of={found} away={answer.isError} />}
      {found && found.state !== "running" && <Outcome of={found} />}
      {found?.mapping && <Mapping of={found} />}
    </Page>
  );
}

function Actions({ of: found }: { of: Import }) {
  const { t } = useTranslation("imports");
  const { may } = useSession();
  const [asking, setAsking] = useState(false);
  const { again, cancel } = useActs({ cancelled: t("one.cancelled"), deleted: (name) => t("files.deleted", { name }) });
  if (!may("import")) return null;
  if (found.state !== "running") {
    const primary = found.state === "interrupted" || found.state === "cancelled";
    return (
      <Button variant={primary ? "filled" : "default"} leftSection={<IconRotateClockwise size={16} />} loading={again.isPending} onClick={() => again.mutate(found.import_id)}>
        {t("one.again")}
      </Button>
    );
  }
  return (
    <>
      <Button variant="default" leftSection={<IconPlayerStop size={16} />} loading={cancel.isPending} onClick={() => setAsking(true)}>{t("one.cancel")}</Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => cancel.mutateAsync(found.import_id)}
        title={t("one.cancelAsk")}
        consequences={[t("one.cancelStays"), t("one.cancelAgain")]}
        confirm={t("one.cancelYes")}
      />
    </>
  );
}

function Mapping({ of: { mapping = "", file } }: { of: Import }) {
  const { t } = useTranslation("imports");
  const { may } = useSession();
  const navigate = useNavigate();
  return (
    <Section
      title={t("one.mapping")}
      description={t("one.mappingSays")}
      aside={
        <span className={classes.line}>
          <Download text={mapping ?? ""} name={`${file.split(".")[0]}.yaml`} />
          {may("import") && (
            <Button size="compact-sm" variant="subtle" leftSection={<IconCopyPlus size={15} />} onClick={() => void navigate("/imports/new", { state: { mapping, file } })}>
              {t("one.mapAgain")}
            </Button>
          )}
        </span>
      }
    >
      <Code text={mapping ?? ""} language="YAML" maxHeight={320} />
    </Section>
  );
}
