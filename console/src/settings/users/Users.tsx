import { Button } from "@mantine/core";
import { IconUserPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Failed, Loading, Page, Tag, VirtualRows, When } from "../../parts";
import type { Column } from "../../parts";
import classes from "../Settings.module.css";
import { AddUser } from "./AddUser";
import { InvitationShown } from "./InvitationShown";
import { Roles } from "./Roles";
import { UserMenu } from "./UserMenu";
import { usersQuery } from "./users";
import type { Invitation, User } from "./users";

/** The people who may sign in. */
export function Users() {
  const { t } = useTranslation("settings");
  const asked = useQuery(usersQuery);
  const [adding, setAdding] = useState(false);
  const [invited, setInvited] = useState<Invitation | null>(null);
  const add = <Button leftSection={<IconUserPlus size={16} stroke={1.75} />} onClick={() => setAdding(true)}>{t("users.add")}</Button>;
  const users = asked.data?.users;
  return (
    <Page title={t("section.users")} description={t("users.says")} actions={users?.length ? add : undefined}>
      {asked.isPending && <Loading rows={6} />}
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {users?.length === 0 && <Empty icon={IconUsersGroup} title={t("users.none")} action={add}>{t("users.noneSays")}</Empty>}
      {users && users.length > 0 && <List users={users} onInvited={setInvited} />}
      <Roles />
      <AddUser opened={adding} onClose={() => setAdding(false)} onInvited={setInvited} />
      {invited && <InvitationShown invitation={invited} onClose={() => setInvited(null)} />}
    </Page>
  );
}

function List({ users, onInvited }: { users: User[]; onInvited: (invitation: Invitation) => void }) {
  const { t } = useTranslation("settings");
  const columns: Column<User>[] = [
    { key: "name", title: t("users.name"), width: "minmax(10rem, 2fr)", cell: (user) => <span className={user.enabled ? undefined : classes.off}>{user.name}</span> },
    { key: "role", title: t("users.role"), width: "minmax(8rem, 1fr)", cell: (user) => t(`role.${user.role as "read"}`) },
    { key: "seen", title: t("users.seen"), width: "minmax(8rem, 1fr)", cell: (user) => <When at={user.last_seen_at} /> },
    { key: "state", title: t("users.state"), width: "minmax(7.5rem, 1fr)", cell: (user) => <State user={user} /> },
    { key: "menu", title: "", width: "2.5rem", align: "end", cell: (user) => <UserMenu user={user} onInvited={onInvited} /> },
  ];
  return (
    <VirtualRows
      label={t("section.users")}
      rows={users}
      rowKey={(user) => user.user_id}
      columns={columns}
      card={(user) => (
        <div className={classes.card}>
          <div>
            <strong>{user.name}</strong>
            <div className={classes.line}>{t(`role.${user.role as "read"}`)} <State user={user} /></div>
            <div className={classes.quiet}>{t("users.seen")}: <When at={user.last_seen_at} /></div>
          </div>
          <UserMenu user={user} onInvited={onInvited} />
        </div>
      )}
    />
  );
}

function State({ user }: { user: User }) {
  const { t } = useTranslation("settings");
  if (!user.enabled) return <Tag tone="wrong" title={t("users.disabledSays")}>{t("users.disabled")}</Tag>;
  if (!user.has_password && user.last_seen_at === null) return <Tag tone="watch" title={t("users.invitedSays")}>{t("users.invited")}</Tag>;
  return <Tag tone="ok">{t("users.active")}</Tag>;
}
