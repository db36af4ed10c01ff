// Keeps the display's page and its files, so that it starts without a network too. Nothing of the API is kept.
const KEPT = "segue-display-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(newest(request, "/screens/display"));
  else if (url.pathname.startsWith("/console/assets/")) event.respondWith(once(request));
  else if (/\.(?:svg|js|png|jpe?g|webp|avif)$/.test(url.pathname)) event.respondWith(newest(request, request.url));
});

/** From the network; what was there last while it is away. */
async function newest(request, name) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(name, answer.clone());
    return answer;
  } catch (error) {
    const last = await kept.match(name);
    if (last) return last;
    throw error;
  }
}

/** A file that is named after its content never changes. */
async function once(request) {
  const kept = await caches.open(KEPT);
  const last = await kept.match(request);
  if (last) return last;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
