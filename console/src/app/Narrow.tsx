/** The shell of a phone: the name and the search above, the four most used pages and the rest below. */
import { ActionIcon, Drawer, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import { Mark } from "./Mark";
import classes from "./Narrow.module.css";
import { placesOf } from "./nav";
import type { Place } from "./nav";
import { prefetch } from "./routes";
import { useSession } from "./session";
import { You } from "./You";

const BELOW = 4;

export function Narrow({ onFind }: { onFind: () => void }) {
  const { t } = useTranslation();
  const places = placesOf(useSession());
  const [opened, drawer] = useDisclosure(false);
  const rest = places.slice(BELOW);
  const { pathname } = useLocation();
  const inRest = rest.some(({ to }) => pathname.startsWith(to));
  return (
    <div className={classes.narrow}>
      <header className={classes.above}>
        <NavLink to="/" aria-label="Segue" className={classes.brand}><Mark size={24} /></NavLink>
        <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("find.label")} onClick={onFind}>
          <IconSearch size={20} stroke={1.75} />
        </ActionIcon>
      </header>
      <nav className={classes.below} aria-label={t("nav.label")}>
        {places.slice(0, BELOW).map((place) => <Tab key={place.name} place={place} />)}
        <UnstyledButton className={classes.tab} aria-haspopup="dialog" aria-expanded={opened} data-active={inRest || undefined} onClick={drawer.open}>
          <IconDots size={21} stroke={1.6} aria-hidden />
          <span>{t("nav.more")}</span>
        </UnstyledButton>
      </nav>
      <Drawer opened={opened} onClose={drawer.close} position="bottom" size="auto" styles={{ content: { height: "auto", flex: "0 0 100%" } }} title={t("nav.more")} radius="lg">
        <div className={classes.rest}>
          {rest.map(({ name, to, icon: Picture }) => (
            <NavLink key={name} to={to} className={classes.item} onClick={drawer.close}>
              <Picture size={19} stroke={1.6} aria-hidden />
              {t(`nav.${name}`)}
            </NavLink>
          ))}
          <div className={classes.you}><You /></div>
        </div>
      </Drawer>
    </div>
  );
}

function Tab({ place: { name, to, icon: Picture, page } }: { place: Place }) {
  const { t } = useTranslation();
  return (
    <NavLink to={to} end={to === "/"} className={classes.tab} onTouchStart={() => prefetch(page)}>
      <Picture size={21} stroke={1.6} aria-hidden />
      <span>{t(`nav.${name}`)}</span>
    </NavLink>
  );
}
