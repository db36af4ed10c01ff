import { Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { KeyRole } from "./access";
import classes from "./Settings.module.css";

interface Props<Name extends KeyRole> {
  label: string;
  roles: readonly Name[];
  value: Name;
  onChange: (role: Name) => void;
  /** Keys and users are told in different words. */
  of: "users" | "keys";
}

/** One role of several, each with what it may do in words. */
export function RoleChoice<Name extends KeyRole>({ label, roles, value, onChange, of }: Props<Name>) {
  const { t } = useTranslation("settings");
  return (
    <Radio.Group label={label} value={value} onChange={(chosen) => onChange(chosen as Name)}>
      <Stack gap={6} mt={6}>
        {roles.map((role) => (
          <Radio.Card key={role} value={role} radius="md" className={classes.radio} aria-label={t(`role.${role}`)}>
            <div className={classes.radioIn}>
              <Radio.Indicator mt={2} size="xs" />
              <div>
                <strong>{t(`role.${role}`)}</strong>
                <p>{t(of === "keys" && role === "associate" ? "roleSays.associateKey" : `roleSays.${role}`)}</p>
              </div>
            </div>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}
