import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NavLink, useNavigate } from "react-router";
import { useWide } from "../parts";
import type { SectionName, SectionPlace } from "./sections";
import classes from "./Settings.module.css";

const GROUPS = ["rules", "access", "here"] as const;

/** Where one can go within the settings: a list beside the page, a choice above it where there is no room. */
export function SubNav({ sections, current }: { sections: SectionPlace[]; current: SectionName }) {
  const { t } = useTranslation("settings");
  const navigate = useNavigate();
  const wide = useWide();
  const groups = GROUPS.map((name) => ({ name, places: sections.filter(({ group }) => group === name) })).filter(({ places }) => places.length > 0);
  if (!wide) {
    return (
      <Select
        aria-label={t("title")}
        size="md"
        allowDeselect={false}
        checkIconPosition="right"
        value={current}
        onChange={(value) => value && void navigate(`/settings/${value}`)}
        data={groups.map(({ name, places }) => ({ group: t(`group.${name}`), items: places.map((place) => ({ value: place.name, label: t(`section.${place.name}`) })) }))}
      />
    );
  }
  return (
    <nav aria-label={t("title")} className={classes.nav}>
      {groups.map(({ name, places }) => (
        <div key={name}>
          <p className={classes.group} id={`settings-${name}`}>{t(`group.${name}`)}</p>
          <ul aria-labelledby={`settings-${name}`}>
            {places.map(({ name: place, icon: Picture }) => (
              <li key={place}>
                <NavLink to={`/settings/${place}`} className={classes.place}>
                  <Picture size={17} stroke={1.6} aria-hidden />
                  {t(`section.${place}`)}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
