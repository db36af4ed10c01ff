/** What stands around every page: where one can go, who one is, whether the server answers. */
import { useHotkeys } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { beginsWithTour } from "../tour/first";
import { Away } from "./Away";
import { FindBox } from "./FindBox";
import { Mark } from "./Mark";
import { Narrow } from "./Narrow";
import { placesOf } from "./nav";
import { prefetch } from "./routes";
import { RequireSession, takeScreen, takeWanted, useSession } from "./session";
import classes from "./Shell.module.css";
import { You } from "./You";

export function Shell() {
  return (
    <RequireSession>
      <Frame />
    </RequireSession>
  );
}

function Frame() {
  const { t } = useTranslation();
  const find = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  const { demo } = useSession();
  const arrivedAt = useRef(useLocation().pathname);
  const goFind = () => {
    // the box in the rail where it can be seen, the one of the customers' page where not
    if (find.current?.offsetParent) find.current.select();
    else void navigate("/customers", { state: { focusFind: Date.now() } });
  };
  useHotkeys([["mod+K", goFind], ["/", goFind]]);
  useEffect(() => {
    const screen = takeScreen();
    if (screen !== null) {
      window.location.assign(screen);
      return;
    }
    const wanted = takeWanted();
    if (wanted !== null) void navigate(wanted, { replace: true });
    else if (demo && arrivedAt.current === "/" && beginsWithTour()) void navigate("/tour", { replace: true });
    prefetch("customers");
  }, [navigate, demo]);
  return (
    <div className={classes.shell}>
      <a
        href="#main"
        className={classes.skip}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("skip")}
      </a>
      <aside className={classes.rail}>
        <NavLink to="/" className={classes.brand} aria-label="Segue"><Mark /></NavLink>
        <FindBox ref={find} />
        <Places />
        <div className={classes.foot}><You /></div>
      </aside>
      <Narrow onFind={goFind} />
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <Away />
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

function Places() {
  const { t } = useTranslation();
  const session = useSession();
  return (
    <nav aria-label={t("nav.label")} className={classes.places}>
      {placesOf(session).map(({ name, to, icon: Picture, page }) => (
        <NavLink key={name} to={to} end={to === "/"} className={classes.place} onMouseEnter={() => prefetch(page)} onFocus={() => prefetch(page)}>
          <Picture size={18} stroke={1.6} aria-hidden />
          {t(`nav.${name}`)}
        </NavLink>
      ))}
    </nav>
  );
}
