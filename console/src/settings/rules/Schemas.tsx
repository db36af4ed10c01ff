import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { IconFileCode, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useSession } from "../../app/session";
import { Section, Tag } from "../../parts";
import type { Definition, RulesView } from "./definitions";
import classes from "./Rules.module.css";
import { Holds } from "./RulesPage";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,80}$/;

/** The JSON Schemas that the plan refers to. */
export function Schemas({ schemas, plan }: { schemas: Definition[]; plan: RulesView["plan"] }) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  const [adding, setAdding] = useState(false);
  const used = new Set(plan.events.map(({ schema }) => schema));
  const add = may("define") && <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>{t("schemas.add")}</Button>;
  return (
    <Section title={t("schemas.title")} description={t("schemas.says")} aside={add} flush={schemas.length > 0}>
      {schemas.length === 0 && <span className={classes.quiet}>{t("schemas.none")}</span>}
      {schemas.length > 0 && (
        <table className={classes.table}>
          <thead><tr><th scope="col">{t("schemas.file")}</th><th scope="col">{t("schemas.state")}</th><th scope="col">{t("schemas.do")}</th></tr></thead>
          <tbody>{schemas.map((schema) => <Row key={schema.name} schema={schema} used={used.has(schema.name)} />)}</tbody>
        </table>
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title={<Text fw={620} size="lg">{t("schemas.add")}</Text>}>
        <NewSchema taken={schemas.map(({ name }) => name)} onClose={() => setAdding(false)} />
      </Modal>
    </Section>
  );
}

function Row({ schema, used }: { schema: Definition; used: boolean }) {
  const { t } = useTranslation("settings");
  const { may } = useSession();
  const to = (what: string) => `?${what}=${encodeURIComponent(schema.name)}`;
  return (
    <tr>
      <td data-lead>
        <span className={classes.kind}><IconFileCode size={16} stroke={1.75} aria-hidden />{schema.name.replace("schemas/", "")}</span>
      </td>
      <td data-title={t("schemas.state")}><span className={classes.steps}><Holds definition={schema} />{!used && <Tag tone="watch" title={t("schemas.unusedSays")}>{t("schemas.unused")}</Tag>}</span></td>
      <td data-title={t("schemas.do")}>
        <Group gap="xs">
          {may("define") && <Button size="compact-sm" variant="default" component={Link} to={to("edit")}>{t("rules.edit")}</Button>}
          <Button size="compact-sm" variant="subtle" component={Link} to={to("history")}>{t("rules.history")}</Button>
        </Group>
      </td>
    </tr>
  );
}

function NewSchema({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const stem = typed.trim().replace(/\.json$/, "");
  const name = `schemas/${stem}.json`;
  const wrong = stem && !NAME.test(stem) ? t("schemas.wrongName") : taken.includes(name) ? t("schemas.taken") : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!stem || wrong) return;
        onClose();
        void navigate(`?edit=${encodeURIComponent(name)}`);
      }}
    >
      <TextInput data-autofocus label={t("schemas.name")} description={t("schemas.nameSays")} placeholder="order_completed" value={typed} error={wrong} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>{t("edit.cancel")}</Button>
        <Button type="submit" disabled={!stem || wrong !== null}>{t("schemas.go")}</Button>
      </Group>
    </form>
  );
}
