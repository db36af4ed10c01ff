import { Button, Menu } from "@mantine/core";
import { IconArrowMerge, IconChevronDown, IconEraser, IconFileDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { useSession } from "../../app/session";
import { Erase } from "./Erase";
import { Export } from "./Export";
import { Merge } from "./Merge";

export type GoldenRecord = Answer<"/api/v1/persons/{person_id}">;
type Act = "merge" | "export" | "erase";

/** What can be done with the record, by role: merge, export, erase. */
export default function Acts({ personId, record }: { personId: string; record: GoldenRecord }) {
  const { t } = useTranslation("acts");
  const { may } = useSession();
  const [act, setAct] = useState<Act | null>(null);
  const close = () => setAct(null);
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={270}>
        <Menu.Target>
          <Button variant="default" size="sm" rightSection={<IconChevronDown size={14} />}>{t("menu")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may("merge") && <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={() => setAct("merge")}>{t("merge.do")}</Menu.Item>}
          {may("export") && <Menu.Item leftSection={<IconFileDownload size={16} />} onClick={() => setAct("export")}>{t("export.do")}</Menu.Item>}
          {may("erase") && <Menu.Divider />}
          {may("erase") && <Menu.Item color="red" leftSection={<IconEraser size={16} />} onClick={() => setAct("erase")}>{t("erase.do")}</Menu.Item>}
          {!may("erase") && <Menu.Label>{may("export") ? t("whoMay") : t("whoMayExport")}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      <Merge personId={personId} opened={act === "merge"} onClose={close} />
      <Export personId={personId} record={record} opened={act === "export"} onClose={close} />
      <Erase personId={personId} record={record} opened={act === "erase"} onClose={close} />
    </>
  );
}
