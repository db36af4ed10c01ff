import { Button } from "@mantine/core";
import { IconCheck, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../app/session";
import { Page, Section, When } from "../../parts";
import { ABILITIES, mayDo } from "../access";
import classes from "../Settings.module.css";

/** Who is signed in, what she may do, her password. */
export function You() {
  const { t } = useTranslation("settings");
  const { user, expires_at, may } = useSession();
  const owner = user.user_id === null;
  return (
    <Page title={t("section.you")}>
      <Section title={t("you.who")}>
        <dl className={classes.facts}>
          <dt>{t("users.name")}</dt>
          <dd>{owner ? t("you.owner") : user.name}</dd>
          <dt>{t("users.role")}</dt>
          <dd>{t(`role.${user.role}`)}</dd>
          <dt>{t("you.until")}</dt>
          <dd><When at={expires_at} as="both" /></dd>
        </dl>
      </Section>
      <Section title={t("you.password")} description={t(owner ? "you.ownerSays" : user.has_password ? "you.passwordSays" : "you.noPasswordSays")}>
        {owner && may("users") && <Button variant="default" component={Link} to="/settings/users">{t("section.users")}</Button>}
        {!owner && (
          <Button variant="default" component={Link} to="/set-password" leftSection={<IconKey size={16} stroke={1.75} />}>{t(user.has_password ? "you.change" : "you.set")}</Button>
        )}
      </Section>
      <Section title={t("you.may")}>
        <ul className={classes.list}>
          {ABILITIES.filter(({ name }) => mayDo(user.role, name)).map(({ name }) => (
            <li key={name} className={classes.line}><IconCheck size={15} stroke={2.25} color="var(--segue-ok)" aria-hidden />{t(`ability.${name}`)}</li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}
