/** Forms that are submitted, and what is searched for. Of what is typed, only the words of a search are read. */
import { cleanAddress, ignored, looksPersonal, shorten } from "../cleaning";
import { searched } from "../page";
import type { Scene } from "./scene";

const SEARCH = "input[type=search]";
const UNNAMED = /^(hidden|password|submit|button|reset|image)$/;
const MOST = 50;

export function captureForms({ client }: Scene): void {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || ignored(form) || searchField(form)) return;
    client.track("Form Submitted", {
      form: shorten(form.getAttribute("name") ?? form.id),
      action: cleanAddress(form.getAttribute("action") ?? "", client.chosen.keepQuery),
      fields: fieldNames(form),
    });
  }, { capture: true }); // prettier-ignore
}

function fieldNames(form: HTMLFormElement): string[] {
  const named = [...form.elements].filter((field) => !ignored(field) && !UNNAMED.test((field as HTMLInputElement).type));
  const names = named.map((field) => field.getAttribute("name") ?? "").filter(Boolean);
  return [...new Set(names.map(shorten))].slice(0, MOST);
}

/** The field of a form in which she says what she searches for. */
function searchField(form: HTMLFormElement): HTMLInputElement | null {
  const within = form.matches("[role=search]") || form.closest("[role=search],search") !== null;
  const fields = within ? `${SEARCH},input[type=text],input:not([type])` : SEARCH;
  const field = [...form.querySelectorAll<HTMLInputElement>(fields)].find((one) => !one.disabled);
  return field && !ignored(field) ? field : null;
}

/** where the last search is kept while the tab is open */
export const REMEMBERED = "segue_searched";
const SAME = 30_000;

/** Searches: a form that is one, or an address that says what is searched for; each once. */
export function captureSearch({ client, visits }: Scene): void {
  const tell = (query: string): void => {
    if (query && !looksPersonal(query) && isNew(query)) client.track("Products Searched", { query });
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    const field = form instanceof HTMLFormElement && !ignored(form) ? searchField(form) : null;
    if (field) tell(field.value.trim().slice(0, 200));
  }, { capture: true }); // prettier-ignore
  tell(searched(location.href));
  visits.onTurn(() => tell(searched(location.href)));
}

/** A form that was just submitted leads to an address that says the same again. */
function isNew(query: string): boolean {
  try {
    const [at, before] = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[0,\"\"]") as [number, string];
    sessionStorage.setItem(REMEMBERED, JSON.stringify([Date.now(), query]));
    return query !== before || Date.now() - at > SAME;
  } catch {
    return true;
  }
}
