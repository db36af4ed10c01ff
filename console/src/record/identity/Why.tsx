import { Button, Select, TextInput } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { send } from "../../api/client";
import type { Answer } from "../../api/client";
import { Failed } from "../../parts/Failed";
import { Section } from "../../parts/Section";
import { useNames } from "../../parts/names";
import { Tag } from "../../parts/Tag";
import { TierBadge } from "../../parts/TierBadge";
import { When } from "../../parts/When";
import { End } from "./called";
import type { IdentityView, Link } from "./graph";
import classes from "./Identity.module.css";
import { useReasons } from "./reasons";

type WhyView = Answer<"/api/v1/persons/why", "post">;
const KINDS = ["email", "phone", "loyalty_card", "user_id", "anonymous_id", "device_id"];

interface Props {
  view: IdentityView;
  /** The links of the way that was found, to stand out in the picture. */
  onWay: (links: string[]) => void;
  onLink: (linkId: string) => void;
}

/** Why is this identifier hers, and why is that one not? */
export function Why({ view, onWay, onLink }: Props) {
  const { t } = useTranslation("identity");
  const names = useNames();
  const [one, setOne] = useState<string | null>(text(view, 0));
  const [kind, setKind] = useState<string | null>("email");
  const [value, setValue] = useState("");
  const ask = useMutation({
    mutationFn: (body: { a: string; b: string }) => send("post", "/api/v1/persons/why", { body }),
    onSuccess: (found) => onWay((found.path ?? []).map((link) => link.link_id)),
  });
  const mine = view.identifiers.map((each) => ({ value: `${each.kind}:${each.value}`, label: `${names.kind(each.kind)}: ${each.value}` }));
  const kinds = [...new Set([...KINDS, ...view.identifiers.map((each) => each.kind)])].map((each) => ({ value: each, label: names.kind(each) }));
  return (
    <Section title={t("why.title")} description={t("why.says")}>
      <form
        className={classes.why}
        onSubmit={(event) => {
          event.preventDefault();
          if (one && kind && value.trim()) ask.mutate({ a: one, b: `${kind}:${value.trim()}` });
        }}
      >
        <Select label={t("why.hers")} data={mine} value={one} onChange={setOne} allowDeselect={false} searchable={mine.length > 8} />
        <Select label={t("why.kind")} data={kinds} value={kind} onChange={setKind} allowDeselect={false} />
        <TextInput
          label={t("why.other")}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          placeholder={t("why.example")}
          autoComplete="off"
          spellCheck={false}
          list="identity-hers"
        />
        <datalist id="identity-hers">{view.identifiers.filter((each) => each.kind === kind).map((each) => <option key={each.fragment_id} value={each.value} />)}</datalist>
        <Button type="submit" variant="default" leftSection={<IconArrowsLeftRight size={16} />} loading={ask.isPending} disabled={!one || !value.trim()}>{t("why.ask")}</Button>
      </form>
      <div aria-live="polite">
        {ask.error && <Failed error={ask.error} />}
        {ask.data && <Because why={ask.data} view={view} onLink={onLink} />}
      </div>
    </Section>
  );
}

function Because({ why, view, onLink }: { why: WhyView; view: IdentityView; onLink: (linkId: string) => void }) {
  const { t } = useTranslation("identity");
  const reasons = useReasons();
  const links = why.one_person ? (why.path ?? []) : (why.inactive ?? []);
  return (
    <div className={classes.because}>
      <p><Tag tone={why.one_person ? "ok" : "wrong"}>{why.one_person ? t("why.one") : t("why.two")}</Tag> {why.because}</p>
      {links.length > 0 && (
        <ol className={classes.steps} aria-label={why.one_person ? t("why.way") : t("why.stayedOut")}>
          {links.map((link: Link) => (
            <li key={link.link_id}>
              <span className={classes.pair}><End view={view} id={link.between[0]} /><End view={view} id={link.between[1]} /></span>
              {link.active ? <TierBadge tier={link.tier} /> : <span className={classes.quiet}>{reasons(link.reason)}</span>}
              <span className={classes.quiet}><When at={link.first_proof_at} as="date" /></span>
              {view.links.some((each) => each.link_id === link.link_id) && (
                <Button size="compact-xs" variant="subtle" onClick={() => onLink(link.link_id)}>{t("links.show")}</Button>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function text(view: IdentityView, at: number): string | null {
  const found = view.identifiers[at];
  return found ? `${found.kind}:${found.value}` : null;
}
