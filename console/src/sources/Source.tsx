import { Anchor, Button, Group } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Denied } from "../app/Denied";
import { useSession } from "../app/session";
import { Composed, Empty, Failed, Loading, Page, Section } from "../parts";
import { useSources } from "./data";
import type { Source as Told } from "./data";
import { useArrivals } from "./debugger/arrivals";
import { Debugger } from "./debugger/Debugger";
import { Facts } from "./Facts";
import { Keys } from "./Keys";
import { NewKey } from "./NewKey";
import { Paste } from "./Paste";
import { Secret } from "./Secret";
import classes from "./Sources.module.css";
import { Switch } from "./Switch";
import { Trust } from "./Trust";

/** One source: whether it lives, what comes from it, its keys, how to connect it. */
export default function Source() {
  const { name = "" } = useParams();
  const { may } = useSession();
  if (!may("sources")) return <Denied title={name} />;
  return <Found key={name} name={name} />;
}

function Found({ name }: { name: string }) {
  const { t } = useTranslation("sources");
  const sources = useSources();
  const source = sources.data?.sources.find((each) => each.name === name);
  if (source) return <Shown source={source} />;
  return (
    <Page title={name} above={<Back />}>
      {sources.isPending && <Loading rows={10} height={22} />}
      {sources.isError && <Failed error={sources.error} retry={() => void sources.refetch()} />}
      {sources.data && <Empty icon={IconPlugConnectedX} title={t("page.none.title")} action={<Back />}>{t("page.none.says")}</Empty>}
    </Page>
  );
}

function Back() {
  const { t } = useTranslation("sources");
  return <Anchor component={Link} to="/sources" inherit c="inherit">{t("page.back")}</Anchor>;
}

function Shown({ source }: { source: Told }) {
  const { t } = useTranslation("sources");
  const { may } = useSession();
  const manage = may("manage_sources");
  // a key that was just made fills the snippets, as long as the page is open
  const [freshKey, setFreshKey] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  // a source that has brought nothing yet wants connecting first; the order stays while the page is open
  const [silent] = useState(source.last_event_at === null && source.dialect !== "files");
  const arrivals = useArrivals(source.name);
  const ask = manage ? () => setMaking(true) : null;
  const paste = <Paste source={source} freshKey={freshKey} onNewKey={ask} awaiting={silent ? arrivals : null} />;
  const live = <Debugger arrivals={arrivals} freshKey={freshKey} />;
  return (
    <Page
      title={source.name}
      above={<Back />}
      beside={<Group gap={6}><Trust trusted={source.trusted} />{source.composed && <Composed />}</Group>}
      description={t(source.trusted ? "trust.trustedSays" : "trust.publicSays")}
      actions={manage && source.enabled && <Switch source={source} />}
    >
      {!source.enabled && <div className={classes.off}><span>{t("page.offSays")}</span>{manage && <Switch source={source} />}</div>}
      <Facts source={source} />
      {silent ? paste : live}
      <div className={classes.columns}>
        <div className={classes.stack}>{silent ? live : paste}</div>
        <div className={classes.stack}>
          <Section title={t("keys.title")} aside={ask && <Button size="compact-sm" variant="subtle" onClick={ask}>{t("keys.new")}</Button>}>
            <Keys source={source} />
          </Section>
          <Section title={t("secret.title")}><Secret source={source} /></Section>
          {!manage && <span className={classes.quiet}>{t("whoMay")}</span>}
        </div>
      </div>
      {making && <NewKey name={source.name} onMade={setFreshKey} onClose={() => setMaking(false)} />}
    </Page>
  );
}
