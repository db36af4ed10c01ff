/** What ends of links are called: an identifier of hers, a device seen with her, or somebody else's. */
import { IdentifierChip } from "../../parts/IdentifierChip";
import { Tag } from "../../parts/Tag";
import { useTranslation } from "react-i18next";
import type { Identifier, IdentityView } from "./graph";

/** The identifier of a fragment, as far as this view knows it. */
export function identifierOf(view: IdentityView, fragmentId: string): Identifier | undefined {
  return [...view.identifiers, ...view.shared_devices].find((each) => each.fragment_id === fragmentId);
}

/** One end of a link. */
export function End({ view, id }: { view: IdentityView; id: string }) {
  const { t } = useTranslation("identity");
  const found = identifierOf(view, id);
  return found ? <IdentifierChip kind={found.kind} value={found.value} /> : <Tag title={id}>{t("link.elsewhere")}</Tag>;
}
