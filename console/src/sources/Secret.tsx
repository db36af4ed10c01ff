import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { Code, ConfirmDialog } from "../parts";
import { renewSecret, useChange } from "./data";
import type { Source } from "./data";
import { KeptOnce } from "./KeptOnce";

const SIGNING = `import time, jwt  # PyJWT

token = jwt.encode(
    {"sub": "customer-1", "exp": int(time.time()) + 600},
    SECRET,
    algorithm="HS256",
)`;
const SENDING = `analytics.identify('customer-1', {}, { context: { identityToken: token } })`;

/** The secret with which a source's own server proves who is logged in. */
export function Secret({ source }: { source: Source }) {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const renew = useChange(renewSecret);
  const { name, has_identity_secret: has } = source;
  if (source.trusted) return <Text c="dimmed">{t("secret.trusted")}</Text>;
  return (
    <Stack gap="sm" align="flex-start">
      <Text>{t("secret.says")} {t(has ? "secret.has" : "secret.hasNot")}</Text>
      {may("manage_sources") && <Button size="xs" variant="default" onClick={() => setAsking(true)}>{t(has ? "secret.renew" : "secret.make")}</Button>}
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={async () => setSecret((await renew.mutateAsync(name)).secret)}
        title={t(has ? "secret.renewTitle" : "secret.makeTitle", { name })}
        consequences={has ? [t("secret.renewNow"), t("secret.renewClaimed", { name }), t("secret.makeOnce")] : [t("secret.makeOnce")]}
        confirm={t(has ? "secret.renew" : "secret.make")}
        danger={has}
      />
      {secret !== null && <Once name={name} secret={secret} onClose={() => setSecret(null)} />}
    </Stack>
  );
}

function Once({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation("sources");
  const [kept, setKept] = useState(false);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={kept}
      closeOnEscape={kept}
      withCloseButton={kept}
      title={<Text component="span" fw={620} size="lg">{t("secret.onceTitle", { name })}</Text>}
    >
      <Stack>
        <KeptOnce value={secret} says={t("secret.once")} label={t("secret.yours")} file={`segue-${name}.secret.txt`} kept={kept} onKept={setKept} />
        <div>
          <Text fw={600}>{t("secret.how")}</Text>
          <Text size="sm" c="dimmed" mb="xs">{t("secret.howSays")}</Text>
          <Stack gap="xs"><Code text={SIGNING} language="Python" /><Code text={SENDING} language="JavaScript" /></Stack>
        </div>
        <Group justify="flex-end"><Button disabled={!kept} onClick={onClose}>{t("keys.done")}</Button></Group>
      </Stack>
    </Modal>
  );
}
