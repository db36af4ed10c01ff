/** Whether this browser was shown the tour before: whoever comes to a demo for the first time begins with it. */
const OFFERED = "segue-tour-offered";

/** From now on this browser knows the tour. */
export function noteTour(): void {
  try {
    localStorage.setItem(OFFERED, "1");
  } catch {
    // storage is switched off: see beginsWithTour
  }
}

/** True once a browser; never where that cannot be remembered. */
export function beginsWithTour(): boolean {
  try {
    if (localStorage.getItem(OFFERED) !== null) return false;
    localStorage.setItem(OFFERED, "1");
    return true;
  } catch {
    return false;
  }
}
