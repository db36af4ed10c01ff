import { Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation, useNavigate } from "react-router";
import { ApiError, getAs, sendAs } from "../api/client";
import { Waiting } from "../app/Waiting";
import { rememberWanted, sessionQuery } from "../app/session";
import type { Session, Wanted } from "../app/session";
import { Code } from "../parts/Code";
import { Failed } from "../parts/Failed";
import { Front } from "./Front";
import classes from "./SignIn.module.css";

interface Ways {
  password: boolean;
  oidc: boolean;
  oidc_name: string | null;
}

type Proof = { link: string } | { name: string; password: string };

/** The way in: by a one-time link, by name and password, or through the organisation. */
export default function SignIn() {
  const { t } = useTranslation("signin");
  const location = useLocation();
  const session = useQuery(sessionQuery);
  const wanted = (location.state as Wanted | null)?.wanted ?? "/";
  const link = useLink();
  const signIn = useSignIn(wanted);
  const tried = useRef<string | null>(null);
  const { mutate } = signIn;
  useEffect(() => {
    if (link === null || tried.current === link) return;
    tried.current = link; // links work once: never ask twice
    mutate({ link });
  }, [link, mutate]);

  if (session.data && link === null) return <Navigate to={wanted} replace />;
  if (link !== null && !signIn.isError) return <Front title={t("title")}><p role="status">{t("linking")}</p><Waiting /></Front>;
  const byLink = signIn.variables !== undefined && "link" in signIn.variables;
  return (
    <Front title={t("title")} lead={t("lead")}>
      {signIn.isError && <Refused error={signIn.error} byLink={byLink} />}
      <Choices wanted={wanted} linkFailed={signIn.isError && byLink} onPassword={(name, password) => signIn.mutate({ name, password })} busy={signIn.isPending} />
    </Front>
  );
}

/** The token of #link=TOKEN, taken out of the address at once. */
function useLink(): string | null {
  const location = useLocation();
  const navigate = useNavigate();
  const given = new URLSearchParams(location.hash.slice(1)).get("link");
  const [link, setLink] = useState(given);
  // a link may also be pasted while this page is open
  if (given !== null && given !== link) setLink(given);
  useEffect(() => {
    if (location.hash) void navigate(location.pathname + location.search, { replace: true, state: location.state });
  }, [location, navigate]);
  return link;
}

/** Begin a session. A link that was used up by this very browser has done its work: it is no error then. */
async function begin(proof: Proof): Promise<Session> {
  try {
    return await sendAs<Session>("post", "/api/v1/session", proof);
  } catch (error) {
    if (!("link" in proof && error instanceof ApiError && error.status === 401)) throw error;
    const already = await sendAs<Session>("get", "/api/v1/session").catch(() => null);
    if (already === null) throw error;
    return already;
  }
}

function useSignIn(wanted: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: begin,
    onSuccess: (session, proof) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      // whoever comes by a link and has no password yet is offered to set one
      const invited = "link" in proof && session.user.user_id !== null && !session.user.has_password;
      return navigate(invited ? "/set-password" : wanted, { replace: true });
    },
  });
}

function Refused({ error, byLink }: { error: Error; byLink: boolean }) {
  const { t } = useTranslation("signin");
  if (error instanceof ApiError && error.status === 401) {
    const [message, cure] = byLink ? [t("linkUsed"), t("linkUsedCure")] : [t("wrong"), t("wrongCure")];
    return <Failed title={message} error={new ApiError(401, error.code, cure)} />;
  }
  if (error instanceof ApiError && error.status === 429) {
    return <Failed error={new ApiError(429, error.code, t("tooMany", { count: error.retryAfter ?? 300 }))} />;
  }
  return <Failed error={error} />;
}

/** Why the way through the organisation did not end here signed in: the server says it by ?error=oidc_… */
function useOidcRefusal(): string | null {
  const { t, i18n } = useTranslation("signin");
  const error = new URLSearchParams(useLocation().search).get("error");
  if (error === null || !error.startsWith("oidc_")) return null;
  const key = `oidcError.${error.slice("oidc_".length)}`;
  return t(i18n.exists(key, { ns: "signin" }) ? (key as "oidcError.away") : "oidcError.refused");
}

interface ChoicesProps {
  wanted: string;
  linkFailed: boolean;
  onPassword: (name: string, password: string) => void;
  busy: boolean;
}

function Choices({ wanted, linkFailed, onPassword, busy }: ChoicesProps) {
  const { t } = useTranslation("signin");
  const ways = useQuery(getAs<Ways>("/api/v1/session/ways"));
  const refusal = useOidcRefusal();
  if (ways.isPending) return <Waiting />;
  if (ways.isError) return <Failed error={ways.error} retry={() => void ways.refetch()} />;
  const { password, oidc, oidc_name } = ways.data;
  return (
    <Stack gap="lg">
      {refusal && <Failed title={t("oidcFailed")} error={new ApiError(401, "oidc", refusal)} />}
      {password && <ByPassword onSubmit={onPassword} busy={busy} />}
      {oidc && (
        <>
          {password && <Divider label={t("or")} />}
          <Button component="a" href="/api/v1/session/oidc" onClick={() => rememberWanted(wanted)} variant={password ? "default" : "filled"} size="md" fullWidth>
            {oidc_name ? t("oidc", { name: oidc_name }) : t("oidcUnnamed")}
          </Button>
        </>
      )}
      <ByLink only={!password && !oidc} wanted={linkFailed} />
    </Stack>
  );
}

function ByPassword({ onSubmit, busy }: { onSubmit: (name: string, password: string) => void; busy: boolean }) {
  const { t } = useTranslation("signin");
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", password: "" },
    validate: {
      name: (value) => (value.trim() ? null : t("needName")),
      password: (value) => (value ? null : t("needPassword")),
    },
  });
  return (
    <form onSubmit={form.onSubmit(({ name, password }) => onSubmit(name.trim(), password))} noValidate>
      <Stack gap="sm">
        <TextInput label={t("name")} size="md" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus key={form.key("name")} {...form.getInputProps("name")} />
        <PasswordInput label={t("password")} size="md" autoComplete="current-password" key={form.key("password")} {...form.getInputProps("password")} />
        <Button type="submit" size="md" loading={busy} mt={4}>{t("do")}</Button>
      </Stack>
    </form>
  );
}

/** Where a link comes from; open at once when there is no other way in, or when a link was just refused. */
function ByLink({ only, wanted }: { only: boolean; wanted: boolean }) {
  const { t } = useTranslation("signin");
  const [open, setOpen] = useState(only || wanted);
  if (!open) return <Anchor component="button" type="button" size="sm" ta="start" onClick={() => setOpen(true)}>{t("byLink")}</Anchor>;
  return (
    <section className={classes.link}>
      <h2>{t("byLink")}</h2>
      {only && <p>{t("noWay")}</p>}
      <p>{t("byLinkSays")}</p>
      <Code text="segue sign-in" language="sh" />
      <p>{t("byLinkOther")}</p>
    </section>
  );
}
