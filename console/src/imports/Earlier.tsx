import { Button, Menu } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../api/client";
import { failed, When } from "../parts";
import type { Draft } from "./Mapper";
import type { Mapping } from "./mapping";
import { previewOf, useImports } from "./queries";
import type { Import } from "./queries";

const MOST = 8;

/** The mapping of an earlier import, taken over. */
export function Earlier({ file, onChoose }: { file: string; onChoose: (draft: Draft) => void }) {
  const { t } = useTranslation("imports");
  const client = useQueryClient();
  const answer = useImports();
  const imports = newestOfEach(answer.data?.imports ?? []);
  if (imports.length === 0) return null;
  const take = async (import_id: string) => {
    try {
      const { mapping } = await client.fetchQuery(get("/api/v1/imports/{import_id}", { params: { path: { import_id } } }));
      if (!mapping) return;
      const read = await client.fetchQuery(previewOf(file, mapping));
      onChoose(read.mapping ? { mapping: read.mapping as unknown as Mapping } : { text: mapping });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu position="bottom-end" width={300} shadow="md">
      <Menu.Target><Button size="compact-md" variant="subtle" leftSection={<IconHistory size={16} />}>{t("map.earlier")}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("map.earlierSays")}</Menu.Label>
        {imports.map((each) => (
          <Menu.Item key={each.import_id} onClick={() => void take(each.import_id)} rightSection={<When at={each.started_at} as="date" />}>{each.file}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** One import a file and source, the newest. */
function newestOfEach(imports: Import[]): Import[] {
  const seen = new Map<string, Import>();
  for (const each of imports) {
    const key = `${each.source}\n${each.file}`;
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()].slice(0, MOST);
}
