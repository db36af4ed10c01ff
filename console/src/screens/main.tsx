/** The touchpoints' pages, each by itself: what stands in a shop loads nothing of the console. */
import "../app/tokens.css";
import "./frame/frame.css";
import { type ComponentType, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Broken, Which } from "./frame/Frame";
import { pageOf } from "./frame/settings";

/** `NAME/index.tsx` is the page at `/screens/NAME`. */
const PAGES = import.meta.glob<{ default: ComponentType }>("./*/index.tsx");

const place = document.getElementById("root");
if (place === null) throw new Error("screens.html has no #root");
const root = createRoot(place);
const load = PAGES[`./${pageOf(location.pathname)}/index.tsx`];
if (load === undefined) {
  root.render(<Which />);
} else {
  const { default: Page } = await load();
  root.render(
    <StrictMode>
      <Broken>
        <Page />
      </Broken>
    </StrictMode>,
  );
}
