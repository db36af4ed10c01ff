/** A name for files and scripts, from what people call it. */
export function nameFrom(title: string): string {
  return title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").replace(/^(?=\d)/, "s_").slice(0, 60);
}
