const files = import.meta.glob<Record<string, unknown>>("./*.json", { eager: true, import: "default" });

/** Every namespace of this language, by the name of its file. */
export default Object.fromEntries(
  Object.entries(files).map(([path, content]) => [path.slice(2, -".json".length), content]),
);
