import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./app/tokens.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startTexts } from "./texts";

// style elements that libraries add carry the nonce of the Content-Security-Policy
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
(window as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
await startTexts();
createRoot(root).render(<App nonce={nonce} />);
