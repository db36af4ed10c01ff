import js from "@eslint/js";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["node_modules", "dist"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Never: what a slot shows is somebody's text." },
        { property: "outerHTML", message: "Never: what a slot shows is somebody's text." },
        { property: "insertAdjacentHTML", message: "Never: what a slot shows is somebody's text." },
      ],
    },
  },
  {
    files: ["test/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["Buffer", "Response", "console", "history", "location", "setImmediate", "setTimeout"].map((name) => [name, "readonly"]),
      ),
    },
  },
  { files: ["*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
);
