import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { Denied } from "../app/Denied";
import type { Find } from "../app/FindBox";
import { prefetch } from "../app/routes";
import { useSession } from "../app/session";
import { Page } from "../parts/Page";
import { Found } from "./Found";
import { Lists } from "./Lists";

const DEBOUNCE = 200;

/** What this page keeps of itself in the history, so that going back finds the same search. */
interface Kept extends Find {
  /** Written by this page: the box already shows it. */
  own?: boolean;
}

/** All customers: one box that finds, and lists to look through. */
export default function Customers() {
  const { t } = useTranslation("customers");
  const { may } = useSession();
  useEffect(() => prefetch("record"), []);
  if (!may("customers")) return <Denied title={t("title")} />;
  return <Finding />;
}

function Finding() {
  const { t } = useTranslation("customers");
  const { key, search, hash, state } = useLocation() as { key: string; search: string; hash: string; state: Kept | null };
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(state?.text ?? "");
  const [settled] = useDebouncedValue(text.trim(), DEBOUNCE);
  const [seen, setSeen] = useState(key);
  if (seen !== key) {
    // somebody else asks, such as the box of the shell
    setSeen(key);
    if (!state?.own && state?.text !== undefined) setText(state.text);
  }
  const asked = state?.own ? undefined : (state?.focusFind ?? state?.text);
  // this effect comes after that of the page within, whose heading takes the focus
  useEffect(() => {
    if (asked !== undefined) box.current?.focus();
  }, [asked, key]);
  useEffect(() => {
    if ((state?.text ?? "") === settled || settled !== text.trim()) return;
    void navigate({ search, hash }, { replace: true, preventScrollReset: true, state: { text: settled, own: true } satisfies Kept });
  }, [settled, text, state?.text, navigate, search, hash]);
  return (
    <Page title={t("title")}>
      <Found ref={box} text={text} settled={settled} onText={setText} />
      {settled === "" && <Lists />}
    </Page>
  );
}
