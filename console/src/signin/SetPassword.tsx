import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { sendAs } from "../api/client";
import { RequireSession, sessionQuery, useSession } from "../app/session";
import { Failed } from "../parts/Failed";
import { done } from "../parts/undoable";
import { Front } from "./Front";

const SHORTEST = 12;

/** One's own password: the first one after an invitation, or a new one. */
export default function SetPassword() {
  return (
    <RequireSession>
      <Own />
    </RequireSession>
  );
}

function Own() {
  const { t } = useTranslation("signin");
  const { user } = useSession();
  if (user.user_id === null) {
    return (
      <Front title={t("set.title")} lead={t("set.owner")}>
        <Button component={Link} to="/settings/users">{t("set.later")}</Button>
      </Front>
    );
  }
  return (
    <Front title={t("set.title")} lead={t("set.lead", { name: user.name })}>
      <Form />
    </Front>
  );
}

function Form() {
  const { t } = useTranslation("signin");
  const { user } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [current, setCurrent] = useState("");
  const missing = SHORTEST - [...password].length;
  const save = useMutation({
    mutationFn: () => sendAs("post", "/api/v1/session/password", { password, ...(current ? { current } : {}) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      done(t("set.done"));
      await navigate("/", { replace: true });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (missing <= 0 && !save.isPending) save.mutate();
      }}
    >
      <Stack gap="sm">
        {/* password managers file the new password under this name */}
        <input type="text" name="username" autoComplete="username" value={user.name} readOnly hidden />
        {user.has_password && (
          <PasswordInput label={t("set.current")} size="md" autoComplete="current-password" value={current} onChange={(event) => setCurrent(event.currentTarget.value)} />
        )}
        <PasswordInput label={t("set.new")} size="md" autoComplete="new-password" autoFocus value={password} onChange={(event) => setPassword(event.currentTarget.value)} description={t("set.rule")} inputWrapperOrder={["label", "input", "description", "error"]} />
        <Text size="sm" c="dimmed" mih="1.4em" aria-live="polite">{password && missing > 0 ? t("set.short", { count: missing }) : ""}</Text>
        {save.isError && <Failed error={save.error} />}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" component={Link} to="/">{t("set.later")}</Button>
          <Button type="submit" loading={save.isPending} disabled={missing > 0}>{t("set.do")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
