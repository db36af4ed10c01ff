import { Menu, UnstyledButton, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import { IconApi, IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSelector, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { failed } from "../parts/undoable";
import { LANGUAGES, speak } from "../texts";
import type { Language } from "../texts";
import { useSession } from "./session";
import classes from "./You.module.css";

const SCHEMES = [["light", IconSun], ["dark", IconMoon], ["auto", IconDeviceDesktop]] as const;
/** Languages call themselves by their own names, whatever is spoken now. */
const OWN_NAMES = { en: "English", de: "Deutsch", pl: "Polski" } as const;

/** Who is signed in, with what she can set for herself. */
export function You() {
  const { t } = useTranslation();
  const { user } = useSession();
  return (
    <Menu position="top-start" width={236} shadow="md" withinPortal keepMounted={false}>
      <Menu.Target>
        <UnstyledButton className={classes.you}>
          <Initials name={user.name} />
          <span className={classes.words}>
            <span className={classes.name}><VisuallyHidden>{t("you.prefix")} </VisuallyHidden>{user.name}</span>
            <span className={classes.role}>{t(`role.${user.role}`)}</span>
          </span>
          <IconSelector size={15} aria-hidden className={classes.arrows} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <YourItems />
      </Menu.Dropdown>
    </Menu>
  );
}

function Initials({ name }: { name: string }) {
  const words = name.split(/[\s._@-]+/).filter(Boolean);
  return <span className={classes.initials} aria-hidden>{((words[0]?.[0] ?? "") + (words[1]?.[0] ?? "")).toUpperCase()}</span>;
}

function YourItems() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { user, version, signOut } = useSession();
  return (
    <>
      <Menu.Label>{t("scheme.label")}</Menu.Label>
      <Menu.RadioGroup value={colorScheme} onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}>
        {SCHEMES.map(([name, Picture]) => (
          <Menu.RadioItem key={name} value={name} rightSection={<Picture size={15} stroke={1.75} aria-hidden />}>{t(`scheme.${name}`)}</Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Label>{t("language.label")}</Menu.Label>
      <Menu.RadioGroup value={i18n.language} onChange={(chosen) => void speak(chosen as Language)}>
        {LANGUAGES.map((name) => <Menu.RadioItem key={name} value={name} lang={name}>{OWN_NAMES[name]}</Menu.RadioItem>)}
      </Menu.RadioGroup>
      <Menu.Divider />
      {user.user_id !== null && (
        <Menu.Item component={Link} to="/set-password" leftSection={<IconKey size={15} stroke={1.75} />}>
          {t(user.has_password ? "you.changePassword" : "you.password")}
        </Menu.Item>
      )}
      <Menu.Item component="a" href="/api/docs" target="_blank" rel="noopener" leftSection={<IconApi size={15} stroke={1.75} />}>
        {t("you.api")}
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={15} stroke={1.75} />} onClick={() => void signOut().catch((error: unknown) => failed(error))}>
        {t("you.signOut")}
      </Menu.Item>
      <Menu.Label>{t("you.version", { version })}</Menu.Label>
    </>
  );
}
