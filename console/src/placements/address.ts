/** Where the page of a touchpoint is, with keys of its own in the fragment, which a browser sends to nobody. */
export interface Screen {
  page: "display" | "kiosk" | "till";
  /** Whose events it brings. */
  source: string;
  trusted: boolean;
}

export interface Stands {
  key: string;
  write: string;
  placement: string;
  /** "": in no store. */
  store: string;
}

/** The page that shows a placement of this touchpoint; null where it is somebody's own program. */
export function screenOf(touchpoint: string): Screen | null {
  if (touchpoint === "display" || touchpoint === "kiosk") return { page: touchpoint, source: touchpoint, trusted: false };
  return touchpoint === "till" ? { page: "till", source: "till", trusted: true } : null;
}

/** Where whoever is there speaks for herself: no key of such a placement is trusted. */
export function isUnstaffed(touchpoint: string): boolean {
  return ["web", "app", "display", "kiosk"].includes(touchpoint);
}

/** What the source is called whose events come from there, unless somebody says otherwise; "": from nowhere. */
export function sourceOf(touchpoint: string): string {
  return screenOf(touchpoint)?.source ?? (isUnstaffed(touchpoint) ? touchpoint : "");
}

export function addressOf(base: string, { page }: Screen, { key, write, placement, store }: Stands): string {
  const said = new URLSearchParams({ key, write, placement, ...(store === "" ? {} : { store }) });
  return `${base.replace(/\/$/, "")}/screens/${page}#${said.toString()}`;
}
