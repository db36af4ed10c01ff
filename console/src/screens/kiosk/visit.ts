/** One visit at the kiosk, from the first touch until she is forgotten. Pure. */

export type Kind = "loyalty_card" | "email";

/** As whom a visitor speaks: only said (general benefit), or proven by a code or a QR code. */
export interface Who {
  /** kind and value of what she typed, or of what a proof names */
  readonly identifiers: readonly (readonly [string, string])[];
  /** vouches for them; null: typed, and nobody has checked it */
  readonly token: string | null;
}

export type Step = "attract" | "browse" | "search" | "who" | "type" | "code" | "consent";

export interface Visit {
  readonly step: Step;
  /** names this visit in its events, and nothing afterwards */
  readonly id: string;
  readonly typing: Kind;
  readonly who: Who | null;
  /** what she said about the use of her data; null: she was not asked yet */
  readonly agreed: boolean | null;
}

export type Happening =
  | { readonly is: "touched" }
  | { readonly is: "wentTo"; readonly step: Exclude<Step, "attract" | "consent"> }
  | { readonly is: "chose"; readonly kind: Kind }
  | { readonly is: "typed"; readonly kind: string; readonly value: string }
  | { readonly is: "proved"; readonly identifiers: Who["identifiers"]; readonly token: string }
  | { readonly is: "answered"; readonly yes: boolean };

export function begin(id: string): Visit {
  return { step: "attract", id, typing: "loyalty_card", who: null, agreed: null };
}

/** The visit after something happened in it. Forgetting is none of these: then another visit begins. */
export function after(visit: Visit, happening: Happening): Visit {
  switch (happening.is) {
    case "touched":
      return visit.step === "attract" ? { ...visit, step: "browse" } : visit;
    case "wentTo":
      return { ...visit, step: happening.step };
    case "chose":
      return { ...visit, step: "type", typing: happening.kind };
    case "typed":
      // what is typed never takes the place of what is proven
      return visit.who?.token ? { ...visit, step: "browse" } : asked({ ...visit, who: { identifiers: [[happening.kind, happening.value]], token: null } });
    case "proved":
      return asked({ ...visit, agreed: null, who: { identifiers: happening.identifiers, token: happening.token } });
    case "answered":
      return { ...visit, step: "browse", agreed: happening.yes };
  }
}

/** Nothing of hers is used before she was asked. */
const asked = (visit: Visit): Visit => ({ ...visit, step: visit.agreed === null ? "consent" : "browse" });

/** What may be shown: nothing personal without a proof and her yes. */
export function view(visit: Visit): "everybody" | "member" | "personal" {
  if (visit.who === null) return "everybody";
  return visit.who.token !== null && visit.agreed === true ? "personal" : "member";
}

export type Code = { readonly is: "proof" | "card"; readonly text: string };

/** What a scanner has read: an address or a token that proves, or the number of a card, which does not; else null. */
export function readCode(text: string): Code | null {
  const said = text.trim();
  const proof = /[#&?]segue=([\w-]+)/.exec(said)?.[1] ?? /^[\w-]{40,100}$/.exec(said)?.[0];
  if (proof !== undefined) return { is: "proof", text: proof };
  return /^[0-9A-Z-]{4,32}$/.test(said) ? { is: "card", text: said } : null;
}

/** Kinds and values that an identity token names; none for what cannot be read. Nobody believes it unchecked. */
export function identifiersOf(token: string): Who["identifiers"] {
  try {
    const body = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
    const { who } = JSON.parse(new TextDecoder().decode(bytes)) as { who?: unknown };
    if (!Array.isArray(who)) return [];
    return who.filter((each): each is [string, string] => Array.isArray(each) && each.length === 2 && each.every((one) => typeof one === "string"));
  } catch {
    return [];
  }
}

/** Her yes or no as the ordinary event about consent, for exactly this purpose at exactly this place. */
export function consentEvent(visit: Visit, yes: boolean, messageId: string, at: Date): object {
  const { identifiers, token } = visit.who ?? { identifiers: [], token: null };
  return {
    type: "track",
    event: yes ? "Consent Granted" : "Consent Withdrawn",
    messageId,
    timestamp: at.toISOString(),
    anonymousId: visit.id,
    properties: { purpose: "personalisation", channel: "kiosk" },
    context: {
      channel: "kiosk",
      externalIds: identifiers.map(([type, id]) => ({ id, type, collection: "users", encoding: "none" })),
      ...(token === null ? {} : { identityToken: token }),
    },
  };
}
