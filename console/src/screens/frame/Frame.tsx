/** What all screens have in common: not set up, broken, away. */
import { Component, type ReactNode, useEffect, useState } from "react";
import { FRAME } from "./texts";
import { PAGES } from "./settings";
import { words } from "./words";

const say = words(FRAME, navigator.language);

/** A whole page with one thing to say. */
export function Told({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <main className="screen-told">
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** At `/screens/`: the pages there are. */
export function Which() {
  return (
    <Told title={say("which")}>
      <p>{say("whichHow")}</p>
      <ul>
        {PAGES.map((page) => (
          <li key={page}>
            <a href={`/screens/${page}`}>{page}</a>
          </li>
        ))}
      </ul>
    </Told>
  );
}

/** For a screen whose address brought no key. */
export function NotSetUp() {
  return (
    <Told title={say("unset")}>
      <p>{say("unsetHow")}</p>
    </Told>
  );
}

/** For a screen whose key Segue does not take. */
export function KeyRefused() {
  return (
    <Told title={say("refused")}>
      <p>{say("refusedHow")}</p>
    </Told>
  );
}

/** A small line over the page while the network is gone. */
export function Offline({ away }: { away: boolean }) {
  return away ? (
    <p className="screen-offline" role="status">
      {say("offline")}
    </p>
  ) : null;
}

/** Whether the browser itself says that there is no network. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

/** A fault of a page is said, not left as an empty screen. */
export class Broken extends Component<{ children: ReactNode }, { fault: boolean }> {
  override state = { fault: false };

  static getDerivedStateFromError(): { fault: boolean } {
    return { fault: true };
  }

  override render(): ReactNode {
    if (!this.state.fault) return this.props.children;
    return (
      <Told title={say("broken")}>
        <button type="button" className="screen-button" onClick={() => location.reload()}>
          {say("again")}
        </button>
      </Told>
    );
  }
}
