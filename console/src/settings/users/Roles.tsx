import { VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Section } from "../../parts";
import { ABILITIES, mayDo, USER_ROLES } from "../access";
import classes from "../Settings.module.css";

/** What each role may do, side by side. */
export function Roles() {
  const { t } = useTranslation("settings");
  return (
    <Section title={t("roles.title")} description={t("roles.says")} flush>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("roles.title")}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{t("roles.ability")}</th>
              {USER_ROLES.map((role) => <th key={role} scope="col">{t(`role.${role}`)}</th>)}
            </tr>
          </thead>
          <tbody>
            {ABILITIES.map(({ name }) => (
              <tr key={name}>
                <th scope="row">{t(`ability.${name}`)}</th>
                {USER_ROLES.map((role) => (
                  <td key={role}>
                    {mayDo(role, name) ? (
                      <>
                        <IconCheck size={16} stroke={2.25} color="var(--segue-ok)" aria-hidden />
                        <VisuallyHidden>{t("roles.yes")}</VisuallyHidden>
                      </>
                    ) : (
                      <>
                        <span aria-hidden className={classes.quiet}>–</span>
                        <VisuallyHidden>{t("roles.no")}</VisuallyHidden>
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
