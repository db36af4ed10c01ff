import { Button, Checkbox, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconDeviceMobile, IconFileImport, IconServer, IconWorld } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failed } from "../../parts";
import { addSource, useChange } from "../data";
import { faultOf, freeName } from "../naming";
import classes from "../Sources.module.css";

const KINDS = {
  web: { icon: IconWorld, name: "web-shop", trusted: false },
  app: { icon: IconDeviceMobile, name: "app", trusted: false },
  server: { icon: IconServer, name: "till", trusted: true },
  file: { icon: IconFileImport, name: "", trusted: true },
} as const;
type Kind = keyof typeof KINDS;

/** What the new source is: where its events come from, its name, whether its word is proof. */
export function Describe({ taken, onMade }: { taken: string[]; onMade: (made: { name: string; key: string }) => void }) {
  const { t } = useTranslation("sources");
  const [kind, setKind] = useState<Kind>("web");
  const [typed, setTyped] = useState<string | null>(null);
  const [trusted, setTrusted] = useState(false);
  const add = useChange(addSource);
  const name = typed ?? freeName(KINDS[kind].name, taken);
  const fault = faultOf(name, taken);
  const choose = (next: Kind) => {
    setKind(next);
    setTrusted(KINDS[next].trusted);
  };
  const make = () => {
    if (fault === null && !add.isPending) add.mutate({ name, trusted }, { onSuccess: ({ source, key }) => onMade({ name: source.name, key }) });
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); make(); }}>
      <Stack>
        <Kinds kind={kind} onChange={choose} />
        {kind === "file" ? <OfFiles /> : (
          <>
            <Name name={name} fault={fault} onChange={setTyped} />
            <Trusting kind={kind} trusted={trusted} onChange={setTrusted} />
            {add.isError && <Failed error={add.error} />}
            <Group justify="flex-end"><Button type="submit" disabled={fault !== null} loading={add.isPending}>{t("dialog.make")}</Button></Group>
          </>
        )}
      </Stack>
    </form>
  );
}

function Kinds({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation("sources");
  return (
    <Radio.Group label={t("dialog.where")} value={kind} onChange={(value) => onChange(value as Kind)}>
      <div className={classes.kinds}>
        {(Object.keys(KINDS) as Kind[]).map((each) => {
          const Picture = KINDS[each].icon;
          return (
            <Radio.Card key={each} value={each} className={classes.kind} aria-label={t(`dialog.${each}.title`)}>
              <Picture size={20} stroke={1.6} aria-hidden />
              <span>
                <strong>{t(`dialog.${each}.title`)}</strong>
                <Text span size="sm" c="dimmed">{t(`dialog.${each}.says`)}</Text>
              </span>
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}

function Name({ name, fault, onChange }: { name: string; fault: ReturnType<typeof faultOf>; onChange: (name: string) => void }) {
  const { t } = useTranslation("sources");
  const said = fault === "shape" ? t("dialog.nameShape") : fault === "taken" ? t("dialog.nameTaken") : null;
  return (
    <TextInput
      label={t("dialog.name")}
      description={t("dialog.nameSays")}
      value={name}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={said}
      rightSection={fault === null ? <IconCheck size={16} color="var(--segue-ok)" aria-label={t("dialog.nameFree")} /> : null}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={60}
      maw="26rem"
    />
  );
}

function Trusting({ kind, trusted, onChange }: { kind: Kind; trusted: boolean; onChange: (trusted: boolean) => void }) {
  const { t } = useTranslation("sources");
  const unusual = trusted !== KINDS[kind].trusted;
  const warning = unusual ? t(trusted ? "dialog.trustedWarning" : "dialog.untrustedWarning") : null;
  return (
    <div>
      <Checkbox label={t("dialog.trusted")} checked={trusted} onChange={(event) => onChange(event.currentTarget.checked)} />
      <Text size="sm" mt={6} c={unusual && trusted ? "var(--segue-wrong)" : "dimmed"} role="status">{warning ?? t(trusted ? "trust.trustedSays" : "trust.publicSays")}</Text>
    </div>
  );
}

function OfFiles() {
  const { t } = useTranslation("sources");
  return (
    <Stack align="flex-start">
      <Text>{t("dialog.file_says")}</Text>
      <Button component={Link} to="/imports/new">{t("dialog.file_go")}</Button>
    </Stack>
  );
}
