import { Kbd, TextInput } from "@mantine/core";
import { useOs } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import classes from "./FindBox.module.css";

/** What the customers' page gets from here: by the history's state, so that no name or address enters a URL. */
export interface Find {
  text?: string;
  /** Changes whenever the customers' own box shall take the focus. */
  focusFind?: number;
}

/** Find a customer from anywhere. */
export function FindBox({ ref }: { ref?: Ref<HTMLInputElement> }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const os = useOs();
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim()) return;
        void navigate("/customers", { state: { text: text.trim() } satisfies Find });
        setText("");
      }}
    >
      <TextInput
        ref={ref}
        size="sm"
        classNames={{ input: classes.input, section: classes.section }}
        leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
        rightSection={text ? null : <Kbd className={classes.key} aria-hidden>{os === "macos" || os === "ios" ? "⌘K" : "Ctrl K"}</Kbd>}
        rightSectionWidth={56}
        rightSectionPointerEvents="none"
        aria-label={t("find.label")}
        placeholder={t("find.label")}
        title={t("find.placeholder")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            setText("");
            event.currentTarget.blur();
          }
        }}
        autoComplete="off"
        spellCheck={false}
        type="text"
        enterKeyHint="search"
      />
    </form>
  );
}
