import { Button, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSitemap } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../../api/client";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Section";
import { Aparts } from "./Aparts";
import type { IdentityView } from "./graph";
import { Links } from "./Links";
import { One } from "./One";
import { Proof } from "./Proof";
import { Why } from "./Why";

const Picture = lazy(() => import("./Picture"));
const WIDE = "(min-width: 48em)";

/** How she is known: the picture of her identifiers and links, each link's proof, and why, or why not. */
export default function Identity({ personId }: { personId: string }) {
  const answer = useQuery(get("/api/v1/persons/{person_id}/identity", { params: { path: { person_id: personId } } }));
  if (answer.data) return <Known view={answer.data} personId={personId} />;
  if (answer.error) return <Failed error={answer.error} retry={() => void answer.refetch()} />;
  return <Loading rows={8} />;
}

function Known({ view, personId }: { view: IdentityView; personId: string }) {
  const { t } = useTranslation("identity");
  const wide = useMediaQuery(WIDE, undefined, { getInitialValueInEffect: false });
  const [asked, setAsked] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const choose = (id: string | null) => {
    setChosen(id);
    setTold(null);
  };
  const tell = (id: string | null) => {
    setTold(id);
    setChosen(null);
  };
  const [marked, setMarked] = useState<string[]>([]);
  const link = view.links.find((each) => each.link_id === chosen);
  const one = view.identifiers.find((each) => each.fragment_id === told);
  const shown = wide || asked;
  return (
    <>
      <Section
        title={t("title")}
        description={t("says", { count: view.identifiers.length, links: view.links.filter((each) => each.active).length })}
        flush
      >
        {shown ? (
          <Suspense fallback={<Skeleton height={420} radius={0} />}>
            <Picture view={view} marked={marked} chosen={chosen} told={told} onLink={choose} onIdentifier={tell} />
          </Suspense>
        ) : (
          <Button variant="default" m="md" leftSection={<IconSitemap size={16} />} onClick={() => setAsked(true)}>{t("picture.show")}</Button>
        )}
        {link && <Proof link={link} view={view} personId={personId} onClose={() => choose(null)} onDone={() => choose(null)} />}
        {one && <One key={one.fragment_id} identifier={one} view={view} personId={personId} onClose={() => tell(null)} />}
      </Section>
      <Links view={view} chosen={chosen} onLink={choose} />
      <Why view={view} onWay={setMarked} onLink={choose} />
      <Aparts view={view} />
    </>
  );
}
