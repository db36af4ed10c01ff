import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { send } from "../api/client";
import { useSession } from "../app/session";
import { Code } from "../parts/Code";
import { Failed } from "../parts/Failed";
import { Section } from "../parts/Section";
import { Tag } from "../parts/Tag";
import { done } from "../parts/undoable";
import { faultOf, pretty } from "./json";
import { JsonEditor } from "./JsonEditor";
import classes from "./Letters.module.css";
import type { Letter } from "./queries";
import { ReplayButton } from "./ReplayButton";

/** One letter: why it was refused, its text to mend, what would become of it, and the way back in. */
export function OneLetter({ letter, onDone }: { letter: Letter; onDone: () => void }) {
  const { t } = useTranslation("letters");
  const { may } = useSession();
  const client = useQueryClient();
  const [kept, setKept] = useState(letter.raw);
  const [text, setText] = useState(() => pretty(letter.raw));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const path = { params: { path: { letter_id: letter.dead_letter_id } } };
  // laid out otherwise it is the same event
  const changed = pretty(text) !== pretty(kept);
  const attempt = useMutation({ mutationFn: () => send("post", "/api/v1/dead-letters/{letter_id}/try", { ...path, body: { raw: changed ? text : null } }) });
  const save = useMutation({
    mutationFn: () => send("put", "/api/v1/dead-letters/{letter_id}", { ...path, body: { raw: text } }),
    onSuccess: (mended) => {
      setKept(mended.raw);
      done(t("one.saved"));
      void client.invalidateQueries({ queryKey: ["/api/v1/dead-letters"] });
    },
  });
  const fault = faultOf(text);
  return (
    <div ref={box} tabIndex={-1} className={classes.one}>
      <Section title={t("one.title")} description={letter.detail} aside={<code className={classes.id}>{letter.dead_letter_id.slice(0, 12)}</code>}>
        <JsonEditor label={t("one.text")} value={text} onChange={setText} fault={fault} readOnly={!may("mend")} />
        <Group mt="sm" gap="xs">
          <Button size="sm" variant="default" onClick={() => attempt.mutate()} loading={attempt.isPending}>{t("one.try")}</Button>
          {may("mend") && <Button size="sm" variant="default" disabled={!changed || fault !== null} onClick={() => save.mutate()} loading={save.isPending}>{t("one.save")}</Button>}
          {may("mend") && !changed && <ReplayButton which={{ ids: [letter.dead_letter_id] }} count={1} label={t("one.replay")} onDone={onDone} />}
          <Button size="sm" variant="subtle" onClick={onDone}>{t("one.close")}</Button>
          {changed && <span className={classes.quiet}>{t("one.first")}</span>}
        </Group>
        <div aria-live="polite" className={classes.outcome}>
          {(attempt.error ?? save.error) && <Failed error={attempt.error ?? save.error} />}
          {attempt.data && (
            <>
              <p>
                <Tag tone={attempt.data.admitted ? "ok" : "wrong"}>{attempt.data.admitted ? t("one.admitted") : t("one.refused")}</Tag> {attempt.data.detail}
              </p>
              {attempt.data.event && <Code text={JSON.stringify(attempt.data.event, null, 2)} language="JSON" maxHeight={320} />}
            </>
          )}
        </div>
      </Section>
    </div>
  );
}
