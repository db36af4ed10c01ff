/** A full-screen page that plays what its placement shows, and goes on playing when the network is gone. */
import { useEffect, useMemo, useState } from "react";
import { KeyRefused, NotSetUp, Offline } from "../frame/Frame";
import { outcome, tell } from "../frame/segue";
import { readScreen, type Screen } from "../frame/settings";
import { words } from "../frame/words";
import classes from "./Display.module.css";
import { Poster } from "./Poster";
import { DISPLAY } from "./texts";
import { type Loop, useLoop } from "./useLoop";

/** Milliseconds of one poster, and until it counts as seen. */
const EACH = 8_000;
const SEEN = 1_000;

export default function Display() {
  const screen = useMemo(() => readScreen("display"), []);
  return screen.key && screen.placement ? <Player screen={screen} /> : <NotSetUp />;
}

function Player({ screen }: { screen: Screen }) {
  const { loop, away, refused } = useLoop(screen);
  useStaysOn();
  const say = words(DISPLAY, screen.locale);
  if (loop === null) {
    return refused ? (
      <KeyRefused />
    ) : (
      <main className={classes.waiting} aria-busy="true">
        <h1>{say("waiting")}</h1>
      </main>
    );
  }
  return (
    <main className={classes.stage} aria-label={say("screen")} onDoubleClick={fill}>
      <Posters key={loop.decision.decision_id} screen={screen} loop={loop} />
      <Offline away={away || refused} />
    </main>
  );
}

function Posters({ screen, loop }: { screen: Screen; loop: Loop }) {
  const { slots } = loop.decision;
  const [number, setNumber] = useState(0);
  useEffect(() => {
    const seen = setTimeout(() => impression(screen, loop, number), SEEN);
    const next = setTimeout(() => setNumber((number + 1) % slots.length), EACH);
    return () => {
      clearTimeout(seen);
      clearTimeout(next);
    };
  }, [screen, loop, number, slots.length]);
  return (
    <>
      {slots.map((slot, place) => (
        <Poster key={`${slot.action}-${place}`} slot={slot} locale={screen.locale} shown={place === number} />
      ))}
      {slots.length > 1 ? (
        <ol className={classes.dots} aria-hidden="true">
          {slots.map((slot, place) => (
            <li key={`${slot.action}-${place}`} data-now={place === number || undefined} />
          ))}
        </ol>
      ) : null}
    </>
  );
}

const told = new Set<string>();

/** That a slot was on the screen, once for each decision; a page in the background shows nothing. */
function impression(screen: Screen, { decision }: Loop, slot: number): void {
  const name = `${decision.decision_id} ${slot}`;
  if (told.has(name) || document.visibilityState !== "visible") return;
  told.add(name);
  void tell(screen, outcome("Action Shown", decision, slot));
}

/** Fill the screen; a second double click gives it back. */
function fill(): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  change.catch(() => undefined); // a browser that forbids it shows the page as it is
}

/** The screen does not go dark, and the page is there without a network too. */
function useStaysOn(): void {
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => undefined);
    };
    wake();
    document.addEventListener("visibilitychange", wake);
    navigator.serviceWorker?.register("/console/display-worker.js", { scope: "/screens/display" }).catch(() => undefined);
    return () => document.removeEventListener("visibilitychange", wake);
  }, []);
}
