/** Where each page is. Pages are loaded when they are first gone to, or pointed at. */
import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import { knock, noteSilence, untilHere } from "../api/reach";
import { Broken } from "./Broken";
import { Lost } from "./Lost";
import { Shell } from "./Shell";
import { Waiting } from "./Waiting";

type Load = () => Promise<{ default: ComponentType }>;

const PAGES = {
  home: () => import("../home/Home"),
  customers: () => import("../customers/Customers"),
  record: () => import("../record/Record"),
  segments: () => import("../segments/Segments"),
  segment: () => import("../segments/Segment"),
  buildSegment: () => import("../segments/Builder"),
  discover: () => import("../segments/Discover"),
  traits: () => import("../traits/Traits"),
  trait: () => import("../traits/Trait"),
  defineTrait: () => import("../traits/Define"),
  models: () => import("../models/Models"),
  model: () => import("../models/Model"),
  actions: () => import("../actions/Actions"),
  action: () => import("../actions/Action"),
  buildAction: () => import("../actions/Build"),
  placements: () => import("../placements/Placements"),
  placement: () => import("../placements/Placement"),
  buildPlacement: () => import("../placements/Build"),
  products: () => import("../products/Products"),
  decisions: () => import("../decisions/Decisions"),
  decision: () => import("../decisions/Decision"),
  simulator: () => import("../simulator/Simulator"),
  policies: () => import("../policy/Policies"),
  policy: () => import("../policy/Policy"),
  sources: () => import("../sources/Sources"),
  source: () => import("../sources/Source"),
  imports: () => import("../imports/Imports"),
  newImport: () => import("../imports/NewImport"),
  import: () => import("../imports/Import"),
  letters: () => import("../letters/Letters"),
  settings: () => import("../settings/Settings"),
  tour: () => import("../tour/Tour"),
  signIn: () => import("../signin/SignIn"),
  setPassword: () => import("../signin/SetPassword"),
} satisfies Record<string, Load>;

/** Load a page's code before it is gone to; a failure shows itself on going there. */
export function prefetch(page: keyof typeof PAGES): void {
  PAGES[page]().catch(() => undefined);
}

const page = (load: Load): Pick<RouteObject, "lazy" | "errorElement"> => ({
  lazy: async () => ({ Component: await componentOf(load) }),
  errorElement: <Broken />,
});

/** The page's component; waits while the server is away, and throws when shown where its code is gone. */
async function componentOf(load: Load): Promise<ComponentType> {
  for (;;) {
    try {
      return (await load()).default;
    } catch (error) {
      if (await knock()) {
        // React Router shows nothing at all for a page that did not load: this one says why
        return await load().then(
          (loaded) => loaded.default,
          () => () => {
            throw error;
          },
        );
      }
      noteSilence();
      await untilHere();
    }
  }
}

export const routes: RouteObject[] = [
  { path: "/sign-in", ...page(PAGES.signIn), hydrateFallbackElement: <Waiting /> },
  { path: "/set-password", ...page(PAGES.setPassword), hydrateFallbackElement: <Waiting /> },
  {
    path: "/",
    element: <Shell />,
    errorElement: <Broken />,
    hydrateFallbackElement: <Waiting />,
    children: [
      { index: true, ...page(PAGES.home) },
      { path: "customers", ...page(PAGES.customers) },
      { path: "customers/:id", ...page(PAGES.record) },
      { path: "segments", ...page(PAGES.segments) },
      { path: "segments/new", ...page(PAGES.buildSegment) },
      { path: "segments/discover", ...page(PAGES.discover) },
      { path: "segments/:name", ...page(PAGES.segment) },
      { path: "segments/:name/edit", ...page(PAGES.buildSegment) },
      { path: "traits", ...page(PAGES.traits) },
      { path: "traits/new", ...page(PAGES.defineTrait) },
      { path: "traits/:name", ...page(PAGES.trait) },
      { path: "models", ...page(PAGES.models) },
      { path: "models/:name", ...page(PAGES.model) },
      { path: "actions", ...page(PAGES.actions) },
      { path: "actions/new", ...page(PAGES.buildAction) },
      { path: "actions/:name", ...page(PAGES.action) },
      { path: "actions/:name/edit", ...page(PAGES.buildAction) },
      { path: "placements", ...page(PAGES.placements) },
      { path: "placements/new", ...page(PAGES.buildPlacement) },
      { path: "placements/:name", ...page(PAGES.placement) },
      { path: "placements/:name/edit", ...page(PAGES.buildPlacement) },
      { path: "products", ...page(PAGES.products) },
      { path: "decisions", ...page(PAGES.decisions) },
      { path: "decisions/:id", ...page(PAGES.decision) },
      { path: "simulator", ...page(PAGES.simulator) },
      { path: "policy", ...page(PAGES.policies) },
      { path: "policy/:placement", ...page(PAGES.policy) },
      { path: "sources", ...page(PAGES.sources) },
      { path: "sources/:name", ...page(PAGES.source) },
      { path: "imports", ...page(PAGES.imports) },
      { path: "imports/new", ...page(PAGES.newImport) },
      { path: "imports/:id", ...page(PAGES.import) },
      { path: "dead-letters", ...page(PAGES.letters) },
      { path: "settings", ...page(PAGES.settings) },
      { path: "settings/:section", ...page(PAGES.settings) },
      { path: "tour", ...page(PAGES.tour) },
      { path: "*", element: <Lost /> },
    ],
  },
];
